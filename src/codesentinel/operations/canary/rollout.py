"""``canary run``: traffic moved to a canary step by step, as far as the evidence allows."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from codesentinel.act.stop_signals import stop_signals
from codesentinel.act.traffic.claim import claimed
from codesentinel.analysis.rollout.progress import NEAR
from codesentinel.model.errors import CodesentinelError, Refused, UsageError
from codesentinel.model.rollout import RESTORE, Decision, Ended, Intended
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.canary.rollout_file import read_rollout
from codesentinel.operations.canary.rollout_hooks import Hooks
from codesentinel.operations.canary.rollout_journal import Journal
from codesentinel.operations.canary.rollout_look import Look
from codesentinel.operations.canary.rollout_loop import Rollout
from codesentinel.operations.canary.rollout_record import Recorder
from codesentinel.operations.canary.rollout_traffic import Traffic
from codesentinel.operations.canary.splitters import alone, splitter_of, state_folder
from codesentinel.store.session_memory import new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codesentinel.act.traffic.splitter import Splitter
    from codesentinel.model.rollout import Plan
    from codesentinel.model.traffic import Split


def _facts(ended: Ended) -> Mapping[str, object]:
    return {"outcome": ended.outcome, "target": ended.target, "rollout": ended.id}


@operation("canary.plan")
def plan_rollout(context: Context, *, file: str) -> Intended:
    """Say what ``canary run`` would do: the weights of each step, and whether it goes on with a rollout.

    Raises:
        ConfigurationError: all mistakes in the file.
        CodesentinelError: the splitter does not answer, or is not as the file says.
    """
    plan, _ = read_rollout(context, file)
    splitter = splitter_of(context, plan)
    open_ = Journal(state_folder(context, plan.target)).progress
    return _intended(plan, splitter, open_.id if open_ else "")


@operation("canary.run", Effect.WRITE, metadata=_facts)
def run_rollout(
    context: Context,
    *,
    file: str,
    url: str = "",
    confirms: Callable[[Intended], bool] | None = None,
) -> Ended:
    """Begin a rollout, or go on with the one that was cut off, and see it to its end.

    Args:
        context: where this runs.
        file: the ``canary.yaml``.
        url: where both arms are counted; by default the Prometheus of this workspace.
        confirms: asked before anything is changed; None where nobody can be asked.

    Raises:
        ConfigurationError: all mistakes in the file.
        AlreadyRunning: somebody else moves this traffic.
        Refused: nobody confirmed, or the canary has traffic already, or the file is another one than the
            rollout began with.
        Unreachable: nobody answers who counts, so that nothing could be judged.
        Failed: the weights could not be set, or brought back; or the journal of the rollout is damaged.
        CodesentinelError: the splitter does not answer.
    """
    plan, config = read_rollout(context, file)
    splitter = splitter_of(context, plan)
    look = Look(context, plan, config, url)
    with alone(context, plan), claimed(splitter.identity):
        journal = Journal(state_folder(context, plan.target))
        intended = _permitted(plan, splitter, journal, look, confirms)
        with stop_signals() as stopping:
            splitter.prepare()
            ended = _rolled_out(context, plan, splitter, look=look, journal=journal, stopping=stopping)
        return replace(ended, resumed=bool(intended.resumes))


def _permitted(
    plan: Plan,
    splitter: Splitter,
    journal: Journal,
    look: Look,
    confirms: Callable[[Intended], bool] | None,
) -> Intended:
    """What is to be done, once it may be."""
    progress = journal.progress
    if progress is not None and progress.fingerprint != plan.fingerprint and not progress.is_ending:
        raise Refused(
            f"the file is not what the rollout {progress.id} began with",
            hint="put it back to go on, or bring the weights back: codesentinel canary run --abort",
        )
    journal.agrees_with(plan)
    intended = _intended(plan, splitter, progress.id if progress else "")
    if progress is None:
        look.check()
    if confirms is None or not confirms(intended):
        raise Refused("not confirmed", hint="repeat it with --yes")
    return intended


def _rolled_out(
    context: Context,
    plan: Plan,
    splitter: Splitter,
    *,
    look: Look,
    journal: Journal,
    stopping: Callable[[], bool],
) -> Ended:
    """Begin, or go on, and see it to its end."""
    recorder, progress = Recorder(context, plan), journal.progress
    if progress is None:
        progress = journal.begin(new_id(), plan.fingerprint, _checked(splitter))
        recorder.began(progress)
    else:
        recorder.resumed(progress)
    hooks = Hooks(context, plan, progress.id)
    traffic = Traffic(splitter, plan.traffic.settle_seconds, time.sleep)
    rollout = Rollout(plan, traffic, look, journal, recorder, after=hooks.after, stopping=stopping)
    if not progress.prepared and not progress.act:
        problem = hooks.before()
        if problem:
            rollout.act(Decision(RESTORE, problem))
        else:
            journal.prepared()
    return rollout.go()


def _intended(plan: Plan, splitter: Splitter, resumes: str) -> Intended:
    """What would be done; of an Envoy that does not run yet the weights are not known."""
    try:
        now: Split | None = splitter.read()
    except CodesentinelError:
        if plan.traffic.listen is None:
            raise
        now = None
    splits = tuple(splitter.split(step.ratio) for step in plan.steps)
    for step, split in zip(plan.steps, splits, strict=True):
        if abs(split.canary_ratio - step.ratio) > NEAR * step.ratio:
            raise UsageError(
                f"{plan.traffic.kind} cannot give the canary {step.percent:g} %:"
                f" the nearest is {split.canary_ratio:.2%}",
                hint="choose another step",
            )
    return Intended(plan, splitter.identity, now, splits, resumes)


def _checked(splitter: Splitter) -> Split:
    """The weights before; the canary must have none of the traffic."""
    before = splitter.read()
    if before.canary or not before.baseline:
        raise Refused(
            f"the canary has {before.canary_ratio:.2%} of the traffic already: a rollout would begin by"
            " taking that away",
            hint="after a promotion the two exchange their places in the file; or set the weights by hand",
        )
    return before
