"""One rollout from step to step: judged at every tick, rolled back at once on harm, and ended by its journal.

Each act is written down, then done, then written down as done. Whoever goes on with a rollout that was cut
off begins by doing what was meant last; that it may be done twice does no harm.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from codesentinel.analysis.rollout.decide import decide
from codesentinel.model.errors import CodesentinelError, Failed, LogUnwritable
from codesentinel.model.rollout import (
    ENDS,
    HOLD,
    INCONCLUSIVE,
    INTERRUPTED,
    LEAVE,
    PROMOTE,
    RESTORE,
    ROLL_BACK,
    STEP,
    Decision,
    Ended,
    Judged,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from codesentinel.model.rollout import Plan, Progress
    from codesentinel.operations.canary.rollout_journal import Journal
    from codesentinel.operations.canary.rollout_record import Recorder
    from codesentinel.operations.canary.rollout_traffic import Traffic

MOST_STRAYS = 3
_LOOK_SECONDS = 0.05
_AGAIN_SECONDS = 1.0
_PATIENCE_SECONDS = 600.0


class Rollout:
    """What is between the begin of a rollout and its end.

    Args:
        plan: what ``canary.yaml`` says.
        traffic: the weights.
        look: judges both arms by all that was seen since the rollout began.
        journal: with the rollout in it.
        recorder: tells others.
        after: the commands that come after, given how it ended.
        stopping: whether somebody asked to stop.
    """

    def __init__(
        self,
        plan: Plan,
        traffic: Traffic,
        look: Callable[[Progress], Judged],
        journal: Journal,
        recorder: Recorder,
        *,
        after: Callable[[Ended], None],
        stopping: Callable[[], bool],
    ) -> None:
        self._plan = plan
        self._traffic = traffic
        self._look = look
        self._journal = journal
        self._recorder = recorder
        self._after = after
        self._stopping = stopping
        self._strays = self._looks = 0
        self._said = ""
        self._judged: Judged | None = None

    def go(self) -> Ended:
        """Go on until it has ended.

        Raises:
            Failed: the weights could not be brought back; the journal knows, and the next run goes on.
        """
        if self._progress.applied_at is not None:  # by a run before this one: it may not be so any more
            self._astray()
        while not self._progress.is_ending:
            if self._stopping():
                if self._plan.on_signal == LEAVE:
                    return self._result(INTERRUPTED, None)
                self.act(Decision(RESTORE, "interrupted by a signal"))
            elif not self._progress.act:
                self.act(Decision(STEP, "the rollout begins", 0))
            else:
                self._tick()
        return self._finish()

    def act(self, decision: Decision) -> None:
        """Write down what is to be done with the weights, and do it as far as that goes."""
        try:
            if decision.act == STEP:
                split = self._traffic.split(self._plan.steps[decision.step].ratio)
            else:
                split = self._traffic.split(1.0) if decision.act == PROMOTE else self._progress.before
        except CodesentinelError as exc:  # a cluster that does not answer; the step is held
            self._tell(exc.message)
            return
        try:
            self._journal.intend(decision, split)
        except LogUnwritable as exc:
            self._tell(exc.message)
            if decision.act in (STEP, PROMOTE):  # nothing goes forward that is not on disk
                self.act(Decision(ROLL_BACK, f"the journal cannot be written: {exc.message}"))
                return
        self._apply()

    @property
    def _progress(self) -> Progress:
        return self._journal.open

    def _tick(self) -> None:
        if self._progress.applied_at is None:
            self._apply()
        self._wait(self._plan.tick_seconds)
        if self._stopping():
            return
        decision = self._astray()
        if decision is None:
            judged, problem = self._judge(), self._problem()
            decision = decide(self._plan, self._progress, judged, time.time(), problem=problem)
        if decision.act != HOLD:
            self.act(decision)

    def _judge(self) -> Judged:
        self._looks += 1
        try:
            judged = self._look(self._progress)
        except CodesentinelError as exc:
            judged = Judged(INCONCLUSIVE, exc.message)
        except Exception as exc:  # noqa: BLE001 - a defect of the judge must not leave the canary alone
            judged = Judged(INCONCLUSIVE, f"could not be judged: {type(exc).__name__}: {exc}")
        if judged.verdict != self._progress.verdict:
            self._note(lambda: self._journal.judged(judged.verdict, judged.reason))
            self._recorder.verdict(self._progress, judged)
        self._judged = judged
        return judged

    def _problem(self) -> str:
        """What is wrong with the traffic."""
        try:
            return self._traffic.problem(self._progress.split)
        except CodesentinelError as exc:
            return f"nobody tells what arrives: {exc.message}"

    def _astray(self) -> Decision | None:
        """Bring back weights that somebody else has changed; after some times the rollout ends."""
        if self._progress.applied_at is None:
            return None
        try:
            if not self._traffic.strays(self._progress.split):
                return None
            self._strays += 1
            if self._strays > MOST_STRAYS:
                return Decision(ROLL_BACK, f"somebody else changed the weights {self._strays} times")
            self._recorder.told("strayed", self._progress, "somebody else changed the weights; set again")
            self._traffic.set(self._progress.split)
        except CodesentinelError as exc:
            self._tell(exc.message)
        return None

    def _apply(self) -> None:
        try:
            self._traffic.set(self._progress.split)
        except CodesentinelError as exc:
            self._tell(f"the weights are not set: {exc.message}")
            return
        self._said = ""
        self._note(self._journal.done)
        if not self._progress.is_ending:
            self._recorder.step(self._progress)

    def _finish(self) -> Ended:
        end = time.monotonic() + _PATIENCE_SECONDS
        while self._progress.applied_at is None:
            self._apply()
            if self._progress.applied_at is None:
                if time.monotonic() > end:
                    raise Failed(
                        f"the weights could not be set for {_PATIENCE_SECONDS:g} s: {self._said}",
                        hint="the journal keeps what is meant: run it again once the splitter answers",
                    )
                time.sleep(_AGAIN_SECONDS)
        verified = self._traffic.verify(self._progress.split)
        if verified is False:
            self._recorder.told("strayed", self._progress, "the traffic does not follow the last weights")
        ended = self._result(ENDS[self._progress.act], verified)
        self._after(ended)
        self._recorder.ended(self._progress, ended)
        self._note(lambda: self._journal.end(ended.outcome))
        return ended

    def _result(self, outcome: str, verified: bool | None) -> Ended:
        progress = self._progress
        return Ended(
            self._plan.target,
            progress.id,
            outcome,
            progress.reason
            if outcome != INTERRUPTED
            else "interrupted; the weights are left for the next run",
            progress.verdict,
            progress.split,
            progress.began_at,
            time.time(),
            verified,
            by_signal=self._stopping(),
            looks=self._looks,
            judged=self._judged.details if self._judged else None,
        )

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self._stopping() and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _LOOK_SECONDS))
            with contextlib.suppress(CodesentinelError):  # it is told when it is asked for the problem
                self._traffic.watch()

    def _note(self, write: Callable[[], object]) -> None:
        """Write into the journal what has happened already; where that fails the rollout goes on."""
        try:
            write()
        except CodesentinelError as exc:
            self._tell(exc.message)

    def _tell(self, message: str) -> None:
        """Once, until something else is to be told."""
        if message != self._said:
            self._said = message
            self._recorder.told("trouble", self._progress, message)
