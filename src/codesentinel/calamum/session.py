"""Many cases, by seed and budget, several at once, each in an enclosure; always cleaned up behind."""

from __future__ import annotations

import os
import selectors
import signal
import tempfile
import time
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.enclosure import OPEN, enclosure
from codesentinel.calamum.lane import Lane
from codesentinel.calamum.leavings import FOLDER, held, leavings, remove
from codesentinel.calamum.plan import Part, plan
from codesentinel.model.attack import BROKEN, SKIPPED, CaseResult, Looked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from codesentinel.calamum.experiment import Experiment
    from codesentinel.calamum.tools import Tool

_GRACE_SECONDS = 20.0


class Session:
    """One run of cases.

    Args:
        run: its name.
        every: the cases.
        folders: of scenarios beside ours.
        seed: chances of all cases are drawn from it.
        budget_seconds: no case begins that as a rule takes longer than what is left; none goes on after it.
        repeat: how often each case is played.
        jobs: how many are played at once, each in an enclosure of its own; one where process ids are shared.
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
        jobs: int = 1,
        sources: str = "",
        tools: Mapping[str, Tool] | None = None,
        missing: Mapping[str, str] | None = None,
        tell: Callable[[str], None],
    ) -> None:
        self.run = run
        self.plan = plan(every, seed, repeat, budget_seconds)
        self.left_over: tuple[str, ...] = ()
        self.looked: tuple[Looked, ...] = ()
        self.interrupted = False
        on_the_machine = any(one.subject and one.subject.kind == "pid" for one in every)
        self.around = OPEN if on_the_machine else enclosure()
        self._jobs = jobs if "pid" in self.around.namespaces else 1
        self._tools = {name: one._asdict() for name, one in (tools or {}).items()}
        self._missing = {**self.around.missing, **(missing or {})}
        self._folders = [str(one) for one in folders]
        self._budget_seconds = budget_seconds
        self._sources = sources
        self._tell = tell

    def cases(self) -> list[CaseResult]:
        """Play them; afterwards ``looked``, ``left_over`` and ``interrupted`` say how it ended."""
        with tempfile.TemporaryDirectory(prefix=f"{FOLDER}{self.run}-") as folder, held(folder):
            playing = _Playing(self, folder)
            previous = signal.signal(signal.SIGTERM, _interrupt)
            try:
                playing.play()
            except KeyboardInterrupt:
                self.interrupted = True
            finally:
                playing.end()
                signal.signal(signal.SIGTERM, previous)
        remove(self.run)
        self.looked = tuple(playing.looked)
        inner = (name for one in playing.looked for name in one.difference)
        self.left_over = (*inner, *leavings(self.run))
        return playing.results(interrupted=self.interrupted)

    def planned(self) -> list[CaseResult]:
        """What would be played, as cases that were not."""
        return [_skipped(part, part.no_time or "a dry run: it would be played") for part in self.plan]

    def lane(self, folder: str, number: int) -> Lane:
        """One more enclosure."""
        settings = {
            "folders": self._folders,
            "namespaces": self.around.namespaces,
            "missing": self._missing,
            "tools": self._tools,
            "sources": self._sources,
        }
        return Lane(self.run, self.around, os.path.join(folder, str(number)), settings)

    @property
    def lanes(self) -> int:
        """How many there are to be."""
        return max(1, min(self._jobs, sum(not part.no_time for part in self.plan)))

    @property
    def budget_seconds(self) -> float:
        """From the beginning of the first case to the end of the last one."""
        return self._budget_seconds

    def begins(self, number: int, part: Part) -> None:
        """Tell of a case that begins."""
        self._tell(f"{number}/{len(self.plan)} {part.name}")


class _Playing:
    """The cases of one session, as they are given to lanes and come back."""

    def __init__(self, session: Session, folder: str) -> None:
        self.looked: list[Looked] = []
        self._session = session
        self._end = time.monotonic() + session.budget_seconds
        self._waiting = [part for part in session.plan if not part.no_time]
        self._done = {id(part): _skipped(part, part.no_time) for part in session.plan if part.no_time}
        self._begun = 0
        self._selector = selectors.DefaultSelector()
        self._lanes: list[Lane] = []
        for number in range(session.lanes if self._waiting else 0):
            self._lanes.append(session.lane(folder, number + 1))
            self._selector.register(self._lanes[-1], selectors.EVENT_READ)

    def play(self) -> None:
        """Until every lane is gone, or the budget is spent and what goes on takes too long to stop."""
        while self._selector.get_map():
            left = self._end + _GRACE_SECONDS - time.monotonic()
            ready = self._selector.select(max(0.0, left))
            if not ready:
                return
            for key, _ in ready:
                self._hear(key.fileobj)

    def end(self) -> None:
        """End every lane, whatever it is doing."""
        for lane in self._lanes:
            lane.end()
        self._selector.close()

    def results(self, *, interrupted: bool) -> list[CaseResult]:
        """In the order of the plan; what is missing was lost."""
        return [
            self._done.get(id(part)) or _lost(part)
            for part in self._session.plan
            if id(part) in self._done or not interrupted
        ]

    def _hear(self, lane: Any) -> None:
        heard = lane.hear()
        if heard is None:
            self._selector.unregister(lane)
            return
        for kind, document in heard:
            if kind == "looked":
                self.looked.append(Looked(**{name: tuple(value) for name, value in document.items()}))
                continue
            if kind == "case":
                self._done[id(lane.part)] = _result(document)
            self._give(lane)

    def _give(self, lane: Lane) -> None:
        """The next case for which there is time; the others are told as skipped."""
        while self._waiting:
            part, left = self._waiting.pop(0), self._end - time.monotonic()
            if part.experiment.usual_seconds <= left:
                self._begun += 1
                self._session.begins(self._begun, part)
                lane.play(part, left)
                return
            why = f"{max(0.0, left):.0f} s of the budget are left, and it takes about"
            self._done[id(part)] = _skipped(part, f"{why} {part.experiment.usual_seconds:g} s")
        lane.finish()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _result(document: dict[str, Any]) -> CaseResult:
    lists = {name: tuple(document[name]) for name in ("tags", "steps", "evidence")}
    return CaseResult(**{**document, **lists})


def _skipped(part: Part, why: str) -> CaseResult:
    return _without(part, SKIPPED, why)


def _lost(part: Part) -> CaseResult:
    return _without(part, BROKEN, "the run ended before it")


def _without(part: Part, outcome: str, why: str) -> CaseResult:
    one = part.experiment
    name = one.case + "".join(f" {key}={value}" for key, value in part.given.items())
    return CaseResult(one.attacked, name, one.title, outcome, why, one.tags, seed=part.seed)
