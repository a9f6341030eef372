"""The monitoring stack in a case: brought up by the program, its servers ended, its notifications caught."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.stage import Broken, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from codesentinel.calamum.stage import Stage

_COULD_NOT = 3
_UP_SECONDS = 120


def catch(stage: Stage, *, port: int, name: str = "caught") -> Any:
    """Keep what is posted to a port, as PagerDuty and Slack would take it."""
    posts: list[dict[str, Any]] = []
    stage.names[name] = posts

    class Handler(BaseHTTPRequestHandler):
        """Answers 202, and keeps path and body."""

        def do_POST(self) -> None:
            """Keep one post."""
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
            posts.append({"path": self.path, "text": text})
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def stop() -> None:
        server.shutdown()
        server.server_close()

    stage.undo.append(stop)
    return port


def stack_up(stage: Stage, *, words: tuple[str, ...] = ()) -> Any:
    """Bring the stack up in the background; it is brought down with the case."""
    done = stage.program.run(["up", "--detach", *words], timeout_seconds=_UP_SECONDS)
    if done["exit"] == _COULD_NOT:
        raise Skipped(f"the stack cannot run here: {done['stderr'].strip()}")
    if done["exit"]:
        raise Broken(f"the stack did not come up: {done['stderr'].strip()}")
    stage.undo.append(lambda: _down(stage))
    return done["exit"]


def kill_server(stage: Stage, *, name: str) -> Any:
    """End one server of the stack by SIGKILL."""
    pid = stage.names["killed"] = _pid(stage, name)
    os.kill(pid, signal.SIGKILL)
    return pid


def freeze_server(stage: Stage, *, name: str) -> Any:
    """Stop one server of the stack: it is there, and answers nobody."""
    pid = _pid(stage, name)
    os.kill(pid, signal.SIGSTOP)
    stage.undo.append(lambda: _go_on(pid))
    return pid


def kill_supervisor(stage: Stage) -> Any:
    """End the process that runs the stack by SIGKILL."""
    pid = _state(stage).get("supervisor_pid")
    if not pid:
        raise Broken("the stack does not run")
    os.kill(pid, signal.SIGKILL)
    return pid


def services(stage: Stage) -> Any:
    """The services of the stack by their names, as the program tells them."""
    return {one["name"]: one for one in _state(stage).get("services", ())}


def came_back(stage: Stage, *, name: str) -> Any:
    """Whether a server that was ended runs again, as another process."""
    one = services(stage).get(name, {})
    return one.get("state") == "ready" and one.get("pid") not in (None, stage.names.get("killed"))


def caught(stage: Stage, *, path: str, name: str = "caught") -> Any:
    """What was posted to a path, all of it as one text."""
    return "\n".join(post["text"] for post in stage.names.get(name, ()) if post["path"].startswith(path))


def orphans(stage: Stage) -> Any:
    """Names of servers of the stack that run although nobody should."""
    del stage
    wanted = (
        "prometheus",
        "alertmanager",
        "pushgateway",
        "node_exporter",
        "victoria-metric",
        "prometheus-node",
    )
    done = subprocess.run(
        [shutil.which("ps") or "ps", "-e", "-o", "stat=,comm="], capture_output=True, text=True, check=False
    )
    rows = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    return sorted(name for state, name in rows if name.startswith(wanted) and state[0] != "Z")


def _state(stage: Stage) -> dict[str, Any]:
    told = stage.program.run(["status", "--json"])
    return (told["document"] or {}).get("data") or {}


def _pid(stage: Stage, name: str) -> int:
    pid = services(stage).get(name, {}).get("pid")
    if not pid:
        raise Broken(f"the stack has no {name}")
    return int(pid)


def _go_on(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


def _down(stage: Stage) -> None:
    stage.program.run(["down"], timeout_seconds=60)


ACTIONS: dict[str, Callable[..., Any]] = {
    one.__name__: one for one in (catch, stack_up, kill_server, freeze_server, kill_supervisor)
}
PROBES: dict[str, Callable[..., Any]] = {one.__name__: one for one in (services, came_back, caught, orphans)}
