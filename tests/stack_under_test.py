"""A stack run by the installed command, in a workspace and on ports of its own."""

from __future__ import annotations

import http.server
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from codesentinel.act.single import start_ticks
from codesentinel.model.service import PORTS
from servers import CACHE, eventually

COMMAND = str(Path(sys.executable).with_name("codesentinel"))


def free_offset() -> int:
    """An offset at which every port of a stack is free, below the ports that clients are given."""
    chance = random.SystemRandom()
    for _ in range(200):
        offset = chance.randrange(1_000, 22_000)
        if all(_is_free(port + offset) for port in PORTS.values()):
            return offset
    raise AssertionError("no free offset")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


class Stack:
    """One workspace and the commands typed in it."""

    def __init__(self, root: Path, **environment: str) -> None:
        self.root = root
        self.offset = free_offset()
        (root / ".git").mkdir(parents=True, exist_ok=True)
        own = {k: v for k, v in os.environ.items() if not k.startswith("CODESENTINEL_")}
        ours = {
            "CODESENTINEL_STACK_PORT_OFFSET": str(self.offset),
            "CODESENTINEL_STACK_COMPONENTS_DIR": str(CACHE),
        }
        self.environment = own | ours | environment

    def run(self, *words: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run ``codesentinel WORDS`` to its end."""
        return subprocess.run(
            [COMMAND, *words],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def data(self, *words: str) -> Any:
        """The ``data`` of a command's JSON."""
        return json.loads(self.run(*words, "--json").stdout)["data"]

    def popen(self, *words: str) -> subprocess.Popen[str]:
        """Start ``codesentinel WORDS`` in a process group of its own."""
        return subprocess.Popen(
            [COMMAND, *words],
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    def up(self, *words: str) -> None:
        """Bring the stack up in the background."""
        done = self.run("up", "--detach", *words)
        assert done.returncode == 0, done.stderr

    def down(self) -> None:
        """Stop it, and if it does not, end it by its pid."""
        state = self.state()
        self.run("down")
        if state and start_ticks(state["supervisor_pid"]) == state["start_ticks"]:
            os.kill(state["supervisor_pid"], signal.SIGKILL)

    def state(self) -> dict[str, Any] | None:
        """The state file, without running a command."""
        try:
            return json.loads((self.root / ".codesentinel/stack/state.json").read_text())
        except FileNotFoundError:
            return None

    def service(self, name: str) -> dict[str, Any]:
        """The state of one service."""
        return next(s for s in self.state()["services"] if s["name"] == name)

    def url(self, name: str) -> str:
        """Where a service answers."""
        return f"http://127.0.0.1:{PORTS[name] + self.offset}"

    def query(self, name: str, expression: str) -> list[Any]:
        """The result of an instant query to Prometheus or VictoriaMetrics."""
        query = urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(f"{self.url(name)}/api/v1/query?{query}", timeout=5) as answer:
            return json.load(answer)["data"]["result"]

    def sample_times(self, name: str, selector: str) -> set[float]:
        """The times of the stored samples of one series."""
        rows = self.query(name, selector)
        return {round(float(time), 3) for time, _ in rows[0]["values"]} if rows else set()

    def wait_until_scraped(self, job: str, since: float, within: float) -> float:
        """Seconds from ``since`` until Prometheus has a good scrape of the job that began after it."""

        def scraped() -> bool:
            rows = self.query("prometheus", f'timestamp(up{{job="{job}"}}) and up{{job="{job}"}} == 1')
            return bool(rows) and float(rows[0]["value"][1]) > since

        eventually(scraped, within=within)
        return time.time() - since

    def events(self, domain: str) -> list[dict[str, Any]]:
        """The events of one domain of the log."""
        file = self.root / "docs/domains" / domain / "history.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


class Capture:
    """A server on a free port that keeps what is posted to it: PagerDuty and Slack, as far as we are concerned."""

    def __init__(self) -> None:
        self.calls: list[tuple[float, str, dict[str, Any]]] = []
        capture = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                capture.calls.append((time.time(), self.path, body))
                events_v2 = self.path.startswith("/v2/")
                answer = b'{"status":"success"}' if events_v2 else b"ok"
                self.send_response(202 if events_v2 else 200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
