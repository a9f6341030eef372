"""One case: the steady state, what is done against it, the steady state again, and always the way back."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.calls import CALLS
from codesentinel.calamum.stage import Broken, OutOfTime, Skipped, Stage
from codesentinel.calamum.tolerance import unmet
from codesentinel.model.attack import BROKEN, FAILED, HELD, SKIPPED, CaseResult

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codesentinel.calamum.experiment import Activity, Experiment
    from codesentinel.calamum.tools import Tool

_LONGEST_ANSWER = 600
_PAUSE_SECONDS = 0.2


class _Unmet(Exception):
    """An answer is not as it should be."""


def run_case(
    experiment: Experiment,
    given: Mapping[str, Any],
    folder: str,
    seed: int,
    *,
    sources: str = "",
    missing: Mapping[str, str] | None = None,
    tools: Mapping[str, Tool] | None = None,
    seconds_left: float = float("inf"),
) -> CaseResult:
    """Play a scenario in a workspace of its own below ``folder``; never raises.

    ``given`` are names and values of this repetition; ``missing`` is what cannot be had here, and why;
    in ``seconds_left`` the whole run is over.
    """
    workspace = _workspace(folder, f"{experiment.target}.{experiment.case}")
    began, steps = time.monotonic(), _Steps()
    stage = Stage(workspace, seed, sources=sources, given=given, subject=experiment.subject, tools=tools)
    try:
        with _at_most(min(seconds_left, experiment.budget_seconds)):
            _play(stage, experiment, steps, missing or {})
        outcome, detail = HELD, ""
    except OutOfTime:
        outcome, detail = _stopped(experiment, seconds_left)
    except Skipped as exc:
        outcome, detail = SKIPPED, str(exc)
    except _Unmet as exc:
        outcome, detail = FAILED, str(exc)
    except Exception as exc:  # noqa: BLE001 - a defect of a scenario must not end the run
        outcome, detail = BROKEN, str(exc) if isinstance(exc, Broken) else f"{type(exc).__name__}: {exc}"
    finally:
        for activity in experiment.rollbacks:
            steps.take_quietly(stage, activity)
        left = stage.clear()
    if left:
        outcome, detail = BROKEN, f"{detail}; could not be undone: {'; '.join(left)}".lstrip("; ")
    return CaseResult(
        target=experiment.attacked,
        case=experiment.case + "".join(f" {key}={value}" for key, value in given.items()),
        title=experiment.title,
        outcome=outcome,
        detail=detail,
        tags=experiment.tags,
        steps=tuple(steps.taken),
        evidence=tuple(sorted(steps.findings)),
        seconds=round(time.monotonic() - began, 3),
        seed=seed,
        time_to_detect_seconds=steps.time_to_detect_seconds,
        quality=steps.quality,
        observed=steps.observed,
    )


class _Steps:
    """Takes the steps of a case, and remembers what each gave."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.findings: set[str] = set()
        self.quality: dict[str, Any] = {}
        self.observed: dict[str, Any] = {}
        self.time_to_detect_seconds: float | None = None
        self._began = time.monotonic()

    def take(self, stage: Stage, activity: Activity, where: str = "") -> None:
        """One step, again and again for as long as it may take.

        Raises:
            _Unmet: its answer is not within its tolerance.
        """
        end = time.monotonic() + activity.within_seconds
        if activity.kind == "action":
            self._began = time.monotonic()
        while True:
            answer = _answer(stage, activity)
            why = unmet(answer, stage.filled(activity.tolerance), "it") if activity.checked else ""
            if not why or time.monotonic() >= end:
                break
            time.sleep(_PAUSE_SECONDS)
        self._remember(stage, activity, answer, why)
        if why:
            raise _Unmet(f"{where}{activity.name}: {why}")

    def take_quietly(self, stage: Stage, activity: Activity) -> None:
        """A step of the way back: what it meets is written down, and the next one is taken."""
        try:
            self.take(stage, activity)
        except Exception as exc:  # noqa: BLE001 - the way back is gone to its end
            self.taken.append({"name": activity.name, "rollback": True, "failed": str(exc)[:_LONGEST_ANSWER]})

    def _remember(self, stage: Stage, activity: Activity, answer: Any, why: str) -> None:
        if activity.keep:
            stage.names[activity.keep] = answer
        if activity.kind == "probe" and activity.within_seconds and not why:
            self.time_to_detect_seconds = round(time.monotonic() - self._began, 2)
        if isinstance(answer, dict):
            self.quality |= answer.get("quality", {})
            self.observed |= answer.get("observed", {})
        if isinstance(answer, dict) and isinstance(answer.get("document"), dict):
            data = answer["document"].get("data")
            found = data.get("findings", ()) if isinstance(data, dict) else ()
            self.findings |= {str(one["id"]) for one in found if isinstance(one, dict) and one.get("id")}
        shown = repr(answer)
        self.taken.append(
            {"name": activity.name, "type": activity.kind, "met": not why, "answer": shown[:_LONGEST_ANSWER]}
        )


def _play(stage: Stage, experiment: Experiment, steps: _Steps, missing: Mapping[str, str]) -> None:
    """Steady state, method, steady state.

    Raises:
        Skipped, Broken, _Unmet: what became of it.
    """
    for need in experiment.needs:
        if need in missing:
            raise Skipped(f"needs a {need}: {missing[need]}")
    try:
        for activity in experiment.steady_state:
            steps.take(stage, activity)
    except _Unmet as exc:
        raise Broken(f"before anything was done: {exc}") from exc
    for activity in experiment.method:
        steps.take(stage, activity)
    for activity in experiment.steady_state:
        steps.take(stage, activity, "afterwards: ")


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raises OutOfTime in what is played when it takes longer; the way back may take what it needs."""

    def stop(*_: object) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.01))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _stopped(experiment: Experiment, seconds_left: float) -> tuple[str, str]:
    """A run that is over says nothing about the case; a case that takes too long went wrong."""
    if seconds_left < experiment.budget_seconds:
        return SKIPPED, "the budget was spent before it came to an end"
    return BROKEN, f"it did not come to an end in the {experiment.budget_seconds:g} s that it may take"


def _workspace(folder: str, name: str) -> str:
    """A fresh one for each time that a case is played."""
    number = 1 + sum(one.startswith(f"{name}.") for one in os.listdir(folder))
    path = os.path.join(folder, f"{name}.{number}")
    os.makedirs(os.path.join(path, ".git"))
    return path


def _answer(stage: Stage, activity: Activity) -> Any:
    arguments = stage.filled(activity.arguments)
    if activity.provider == "program":
        return stage.program.run([str(word) for word in arguments], timeout_seconds=60)
    try:
        return CALLS[activity.kind][activity.call](stage, **arguments)
    except TypeError as exc:
        raise Broken(f"{activity.call} cannot be called so: {exc}") from exc
