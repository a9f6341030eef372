"""Many cases, by seed and budget, in one enclosure; always cleaned up behind."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.enclosure import OPEN, enclosure
from codesentinel.calamum.leavings import COOKIE, FOLDER, HOME, held, leavings, remove
from codesentinel.model.attack import BROKEN, CaseResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from codesentinel.calamum.experiment import Experiment
    from codesentinel.calamum.tools import Tool

_SEEDS = 1 << 31
_GRACE_SECONDS = 15.0


class Session:
    """One run of cases.

    Args:
        run: its name.
        every: the cases.
        folders: of scenarios beside ours.
        seed: chances of all cases are drawn from it.
        budget_seconds: no case begins that might not end in it.
        repeat: how often each case is played.
        sources: folder of the package that is attacked; empty for the one installed here.
        tools: programs of others that are there.
        missing: what is not there, and why.
        tell: takes progress.
    """

    def __init__(
        self,
        run: str,
        every: Sequence[Experiment],
        *,
        folders: Sequence[Path] = (),
        seed: int,
        budget_seconds: float,
        repeat: int = 1,
        sources: str = "",
        tools: Mapping[str, Tool] | None = None,
        missing: Mapping[str, str] | None = None,
        tell: Callable[[str], None],
    ) -> None:
        self.run = run
        self.plan = plan(every, seed, repeat)
        self.left_over: tuple[str, ...] = ()
        self.interrupted = False
        on_the_machine = any(one.subject and one.subject.kind == "pid" for one in every)
        self.around = OPEN if on_the_machine else enclosure()
        self._tools = {name: one._asdict() for name, one in (tools or {}).items()}
        self._missing = {**self.around.missing, **(missing or {})}
        self._folders = [str(one) for one in folders]
        self._budget_seconds = budget_seconds
        self._sources = sources
        self._tell = tell

    def cases(self) -> list[CaseResult]:
        """Play them; afterwards ``left_over`` and ``interrupted`` say how it ended."""
        done: list[CaseResult] = []
        inner_left: list[str] = []
        with tempfile.TemporaryDirectory(prefix=f"{FOLDER}{self.run}-") as folder, held(folder):
            os.mkdir(os.path.join(folder, ".git"))
            for kind, document in self._lines(folder):
                if kind == "begins":
                    self._tell(f"{len(done) + 1}/{len(self.plan)} {document['case']}")
                elif kind == "left":
                    inner_left = document
                else:
                    done.append(_result(document))
        if len(done) < len(self.plan) and not self.interrupted:
            done += [_lost(part) for part in self.plan[len(done) :]]
        remove(self.run)
        self.left_over = (*inner_left, *leavings(self.run))
        return done

    def _lines(self, folder: str) -> Iterator[tuple[str, Any]]:
        child = subprocess.Popen(
            [*self.around.words, sys.executable, "-m", "codesentinel.calamum.inside"],
            cwd=folder,
            env={**os.environ, COOKIE: self.run, HOME: folder, "TMPDIR": folder, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert child.stdin  # noqa: S101 - pipes were asked for
        assert child.stdout  # noqa: S101
        end = time.monotonic() + self._budget_seconds + _GRACE_SECONDS
        previous = signal.signal(signal.SIGTERM, _interrupt)
        try:
            with contextlib.suppress(BrokenPipeError):
                child.stdin.write(json.dumps(self._document(folder)).encode())
                child.stdin.close()
            for line in child.stdout:
                ((kind, document),) = json.loads(line).items()
                yield kind, document
                if time.monotonic() > end:
                    break
        except KeyboardInterrupt:
            self.interrupted = True
        finally:
            _end(child)
            signal.signal(signal.SIGTERM, previous)

    def _document(self, folder: str) -> dict[str, Any]:
        return {
            "cases": self.plan,
            "folder": folder,
            "folders": self._folders,
            "namespaces": self.around.namespaces,
            "missing": self._missing,
            "tools": self._tools,
            "budget_seconds": self._budget_seconds,
            "sources": self._sources,
        }


def plan(every: Sequence[Experiment], seed: int, repeat: int) -> list[dict[str, Any]]:
    """The cases in the order in which they are played, each with a seed: the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - an order, not a secret
    return [
        {
            "target": one.target,
            "case": one.case,
            "given": dict(given),
            "seed": chance.randrange(_SEEDS),
            **({"subject": one.subject._asdict()} if one.subject else {}),
        }
        for _ in range(repeat)
        for one in every
        for given in one.repeat
    ]


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the run: the enclosure's own child dies with it, and everything in there with that."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    if child.stdout:
        child.stdout.close()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _result(document: dict[str, Any]) -> CaseResult:
    lists = {name: tuple(document[name]) for name in ("tags", "steps", "evidence")}
    return CaseResult(**{**document, **lists})


def _lost(part: dict[str, Any]) -> CaseResult:
    return CaseResult(
        part["target"], part["case"], part["case"], BROKEN, "the run ended before it", seed=part["seed"]
    )
