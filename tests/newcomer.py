"""A newcomer: a fresh clone, ``make up`` typed in it, and a shell beside it in which pages' commands are typed.

Nothing of a command is changed. The ports of the stack are shifted by a setting in the environment, and ``curl`` on
the path asks for the shifted ones, so that several stacks can run on one machine.
"""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

from codesentinel.model.service import PORTS
from documented import ROOT
from servers import eventually
from stack_under_test import Stack
from unmeasured import UNMEASURED

READY = "serving until Ctrl-C"
PATIENCE_SECONDS = 120


def fresh_clone(target: Path) -> Path:
    """A repository with every file that is committed, or would be, and an environment that is made already."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name, follow_symlinks=False)
    git = ["git", "-c", "user.name=newcomer", "-c", "user.email=newcomer@example.org", "-c", "gc.auto=0"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "As it was"]):
        subprocess.run([*git, *words], cwd=target, check=True, env=UNMEASURED)
    environment = target / ".venv"
    environment.mkdir()
    (environment / "bin").symlink_to(Path(sys.prefix) / "bin")
    for stamp in (".run", ".dev"):
        (environment / stamp).touch()
    return target


def curl_of_shifted_ports(folder: Path, offset: int) -> Path:
    """A folder for the path, with a ``curl`` that finds the servers of a stack that is shifted."""
    folder.mkdir()
    moved = "\n".join(
        f'  word="${{word//127.0.0.1:{port}/127.0.0.1:{port + offset}}}"'
        for port in sorted(set(PORTS.values()))
    )
    script = f'#!/bin/bash\nwords=()\nfor word in "$@"; do\n{moved}\n  words+=("$word")\ndone\n'
    (folder / "curl").write_text(f'{script}exec {shutil.which("curl")} "${{words[@]}}"\n')
    (folder / "curl").chmod(0o755)
    return folder


class Newcomer(Stack):
    """Whoever cloned the repository, typed ``make up``, and has a second terminal."""

    def __init__(self, folder: Path) -> None:
        super().__init__(fresh_clone(folder / "codesentinel"))
        home = folder / "home"
        home.mkdir()
        tools = curl_of_shifted_ports(folder / "tools", self.offset)
        kept = {name: text for name, text in self.environment.items() if name in UNMEASURED}
        kept |= {name: text for name, text in self.environment.items() if name.startswith("CODESENTINEL_")}
        self.environment = kept | {
            "HOME": str(home),
            "PATH": f"{tools}:{os.environ['PATH']}",
            "COLUMNS": "200",
        }
        self.environment |= {
            "XDG_RUNTIME_DIR": str(home),
            "MPLCONFIGDIR": str(Path("~/.config/matplotlib").expanduser()),
        }
        self.first_terminal = folder / "first-terminal"
        self._up: subprocess.Popen[bytes] | None = None

    def make_up(self, words: str = "make up") -> str:
        """Type it in the first terminal; what stands there when it is ready."""
        with self.first_terminal.open("wb") as screen:
            self._up = subprocess.Popen(
                ["bash", "-c", f"exec {words}"],
                cwd=self.root,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=screen,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

        def ready() -> str:
            text = self.first_terminal.read_text()
            assert self._up is not None
            assert self._up.poll() is None, text
            return text if READY in text else ""

        return eventually(ready, within=2 * PATIENCE_SECONDS)

    def ctrl_c(self) -> int | None:
        """Press it in the first terminal; the exit status of what ran there."""
        if self._up is None:
            return None
        up, self._up = self._up, None
        if up.poll() is None:
            os.killpg(up.pid, signal.SIGINT)
        try:
            return up.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.down()
            up.kill()
            return up.wait()


class Shell:
    """A bash that is typed into, command by command; what one sets holds for the next."""

    def __init__(self, root: Path, environment: dict[str, str]) -> None:
        self.root = root
        self._groups: set[int] = set()
        self._bash = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            cwd=root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        os.set_blocking(self._bash.stdout.fileno(), False)
        self._ready = selectors.DefaultSelector()
        self._ready.register(self._bash.stdout, selectors.EVENT_READ)

    def type(self, command: str, *, seconds: float = PATIENCE_SECONDS) -> tuple[int, str]:
        """The exit status of a command and what it printed."""
        mark = uuid.uuid4().hex
        self._write(f"{{ {command}\n}} </dev/null\nprintf '\\n%s %d\\n' {mark} $?\n")
        text, end = "", time.monotonic() + seconds
        while not (done := re.search(rf"\n{mark} (\d+)\n", text)):
            left = end - time.monotonic()
            assert left > 0, f"not within {seconds} s: {command}\n{text}"
            assert self._bash.poll() is None, f"the shell ended: {command}\n{text}"
            if self._ready.select(timeout=left):
                text += (self._bash.stdout.read() or b"").decode(errors="replace")
        return int(done[1]), text[: done.start()]

    def type_and_interrupt(self, command: str, *, alive_seconds: float = 5) -> tuple[int, str]:
        """Let a command go on until it has said something, then press Ctrl-C; how it ended."""
        screen = self.root / ".codesentinel" / f"screen-{uuid.uuid4().hex}"
        screen.parent.mkdir(exist_ok=True)
        screen.touch()
        _, pid = self.type(f"set -m; {{ {command}\n}} >{screen} 2>&1 & echo $!; set +m")
        group, end = int(pid.split()[-1]), time.monotonic() + alive_seconds
        self._groups.add(group)
        while time.monotonic() < end and not screen.read_text():
            time.sleep(0.05)
        time.sleep(0.3)
        with contextlib.suppress(ProcessLookupError):  # it has ended already: its status will say how
            os.killpg(group, signal.SIGINT)
        status, _ = self.type(f"wait {group}")
        self._groups.discard(group)
        return status, screen.read_text()

    def close(self) -> None:
        """End it and what it left running."""
        for group in self._groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        self._bash.stdin.close()
        try:
            self._bash.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self._bash.pid, signal.SIGKILL)
            self._bash.wait()
        self._ready.close()
        self._bash.stdout.close()

    def _write(self, text: str) -> None:
        self._bash.stdin.write(text.encode())
        self._bash.stdin.flush()
