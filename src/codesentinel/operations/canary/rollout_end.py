"""``canary run --abort`` and ``--stop``: the end of a rollout that was cut off, and of an Envoy of ours."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from codesentinel.act.stop_signals import stop_signals
from codesentinel.act.traffic.claim import claimed
from codesentinel.model.errors import NoData, Refused
from codesentinel.model.rollout import INCONCLUSIVE, RESTORE, Decision, Ended, Judged
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.canary.rollout_file import read_rollout
from codesentinel.operations.canary.rollout_hooks import Hooks
from codesentinel.operations.canary.rollout_journal import Journal
from codesentinel.operations.canary.rollout_loop import Rollout
from codesentinel.operations.canary.rollout_record import Recorder
from codesentinel.operations.canary.rollout_traffic import Traffic
from codesentinel.operations.canary.splitters import alone, splitter_of, state_folder, stop_envoy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _facts(ended: Ended) -> Mapping[str, object]:
    return {"outcome": ended.outcome, "target": ended.target, "rollout": ended.id}


@operation("canary.abort", Effect.WRITE, metadata=_facts)
def abort_rollout(context: Context, *, file: str) -> Ended:
    """Bring back the weights from before the rollout that was cut off, and end it.

    Raises:
        NoData: no rollout of this target is open.
        AlreadyRunning: it runs; a signal ends it.
        Failed: the weights could not be brought back, or the journal is damaged.
    """
    plan, _ = read_rollout(context, file)
    splitter = splitter_of(context, plan)
    with alone(context, plan), claimed(splitter.identity), stop_signals() as stopping:
        journal = Journal(state_folder(context, plan.target))
        if journal.progress is None:
            raise NoData(f"no rollout of {plan.target} is open", hint="codesentinel canary run begins one")
        if journal.progress.is_ending:
            journal.agrees_with(plan)
        hooks = Hooks(context, plan, journal.progress.id)
        traffic = Traffic(splitter, plan.traffic.settle_seconds, time.sleep)
        rollout = Rollout(
            plan,
            traffic,
            lambda _: Judged(INCONCLUSIVE, "aborted"),
            journal,
            Recorder(context, plan),
            after=hooks.after,
            stopping=stopping,
        )
        if not journal.progress.is_ending:
            rollout.act(Decision(RESTORE, "aborted"))
        return replace(rollout.go(), resumed=True)


@operation("canary.stop", Effect.WRITE)
def stop_splitter(
    context: Context, *, file: str, confirms: Callable[[str], bool] | None = None
) -> Mapping[str, object]:
    """End the Envoy that a rollout started; nobody answers at its address any more.

    Raises:
        UsageError: it is not ours to end.
        AlreadyRunning: a rollout moves its traffic at the moment.
        Refused: nobody confirmed.
        Failed: it does not end.
    """
    plan, _ = read_rollout(context, file)
    with alone(context, plan):
        question = f"end the Envoy of {plan.target} at {plan.traffic.listen}?"
        if confirms is None or not confirms(question):
            raise Refused(f"not confirmed: {question}", hint="repeat it with --yes")
        return {"target": plan.target, "stopped": stop_envoy(context, plan)}
