"""What one case plays on: a workspace, the processes that it started, and the names that it gave."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.program import Program, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from codesentinel.calamum.subject import Subject
    from codesentinel.calamum.tools import Tool

_READY_SECONDS = 20.0
_LAST_WORDS_SECONDS = 2.0
_NAME = re.compile(r"\$\{([a-z_]+(?:\.[a-z_]+)*)\}")


class Skipped(Exception):
    """The case cannot run here; the message says why."""


class Broken(Exception):
    """The case itself went wrong, and says nothing about the program."""


class OutOfTime(BaseException):
    """A case is to end now, whatever it is doing; nothing in it may take this for a mistake of its own."""


class Victim:
    """A process that this case started."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self.child = child
        self.pid = child.pid
        self.handle = ""
        self.began = time.monotonic()

    def is_alive(self) -> bool:
        """Whether it runs; dead children are collected."""
        return self.child.poll() is None

    def end(self) -> None:
        """End it and all of its session, whatever they do."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.child.wait(10)
        if self.child.stdout:
            self.child.stdout.close()


class Stage:
    """One case: everything that it started is ended by :meth:`clear`."""

    def __init__(
        self,
        workspace: str,
        seed: int,
        *,
        sources: str = "",
        given: Mapping[str, Any] | None = None,
        subject: Subject | None = None,
        tools: Mapping[str, Tool] | None = None,
    ) -> None:
        self.workspace = workspace
        self.seed = seed
        self.chance = random.Random(seed)  # noqa: S311 - chances of a test, not of a secret
        self.sources = sources
        self.program = Program(workspace, sources=sources)
        self.victims: dict[str, Victim] = {}
        self.names: dict[str, Any] = {"workspace": workspace, "seed": seed, **(given or {})}
        self.background: list[subprocess.Popen[bytes]] = []
        self.undo: list[Callable[[], None]] = []
        self.subject = subject
        self.tools = tools or {}

    def path(self, *parts: str) -> str:
        """A path below the workspace."""
        return os.path.join(self.workspace, *parts)

    def start(self, kind: str, name: str, words: Sequence[str] = (), *, delay_seconds: float = 0.0) -> Victim:
        """A process of ``kind``, once it is what it is to be."""
        return self.adopt(name, self.spawn(kind, words, delay_seconds=delay_seconds))

    def spawn(
        self,
        kind: str,
        words: Sequence[str] = (),
        *,
        delay_seconds: float = 0.0,
        folder: str = "",
        variables: Mapping[str, str] | None = None,
    ) -> Victim:
        """A process that is to become one of ``kind``, as soon as there is one; in a session of its own."""
        told = {"CALAMUM_SEED": str(self.seed), "CALAMUM_DELAY": str(delay_seconds)}
        child = subprocess.Popen(
            [sys.executable, "-m", "codesentinel.calamum.victim", kind, *words],
            cwd=folder or self.workspace,
            env={**os.environ, **told, **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return Victim(child)

    def adopt(self, name: str, victim: Victim) -> Victim:
        """Wait until a process is what it is to be, ask the program for its handle, keep both by name."""
        self.victims[name] = victim
        output = victim.child.stdout
        if output is None or output.readline() != b"ready\n":
            raise Broken(f"the process {name!r} did not start")
        told = self.program.run(["memory", "process", "detail", "--pid", str(victim.pid), "--json"])
        found = ((told["document"] or {}).get("data") or {}).get("process") or {}
        victim.handle = str(found.get("handle", ""))
        self.names[name] = {"pid": victim.pid, "handle": victim.handle}
        return victim

    def victim(self, name: str) -> Victim:
        """The one of that name."""
        if name not in self.victims:
            raise Broken(f"no process of this case is called {name!r}")
        return self.victims[name]

    def filled(self, value: Any) -> Any:
        """The value with ``${name.part}`` replaced by what was given that name."""
        if isinstance(value, str):
            whole = _NAME.fullmatch(value)
            return self._named(whole[1]) if whole else _NAME.sub(lambda m: str(self._named(m[1])), value)
        if isinstance(value, dict):
            return {self.filled(key): self.filled(one) for key, one in value.items()}
        return [self.filled(one) for one in value] if isinstance(value, list) else value

    def finish(self, name: str, timeout_seconds: float = 30.0) -> dict[str, Any]:
        """Wait for a child of the program that was left running; what it answered."""
        child = self.names.get(name)
        if not isinstance(child, subprocess.Popen):
            raise Broken(f"no child of this case is called {name!r}")
        try:
            out, err = child.communicate(timeout=timeout_seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            out, err = _last_words(child)
        return answer(child.returncode, out or b"", err or b"")

    def clear(self) -> list[str]:
        """The way back; what could not be undone."""
        failed = []
        for undo in reversed(self.undo):
            try:
                undo()
            except OSError as exc:
                failed.append(str(exc))
        for child in self.background:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            _last_words(child)
        for victim in self.victims.values():
            victim.end()
        return failed

    def _named(self, dotted: str) -> Any:
        found: Any = self.names
        for part in dotted.split("."):
            if not isinstance(found, dict) or part not in found:
                raise Broken(f"nothing is called {dotted!r}")
            found = found[part]
        return found


def _last_words(child: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """What one that was killed has said; its pipes may be held by children of its own, who say no more."""
    try:
        return child.communicate(timeout=_LAST_WORDS_SECONDS)
    except subprocess.TimeoutExpired as exc:
        for pipe in (child.stdout, child.stderr):
            if pipe:
                pipe.close()
        return exc.stdout or b"", exc.stderr or b""
