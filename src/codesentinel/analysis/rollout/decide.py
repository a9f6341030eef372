"""What to do with the weights after a look.

Harm rolls back at once, whatever the step. Only evidence leads on: a step is left for the next one, and the
last one for all of the traffic, on PASS; a step that asks for no more than no harm is left when its time is
over. Without a verdict the step is held until its deadline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.duration import format_duration
from codesentinel.model.rollout import FAIL, HOLD, NEEDS_NO_FAIL, PASS, PROMOTE, ROLL_BACK, STEP, Decision

if TYPE_CHECKING:
    from codesentinel.model.rollout import Judged, Plan, Progress


def decide(plan: Plan, progress: Progress, judged: Judged, now: float, *, problem: str = "") -> Decision:
    """What to do at ``now`` (epoch seconds), with a step reached that has not been left.

    Nothing leads on while there is a ``problem`` with the traffic: what was seen is then not what was meant.
    """
    if judged.verdict == FAIL:
        return Decision(ROLL_BACK, judged.reason)
    since = progress.applied_at if progress.applied_at is not None else progress.acted_at
    step, kept = plan.steps[progress.step], max(now - since, 0.0)
    may_leave = progress.applied_at is not None and kept >= step.min_seconds and not problem
    reason = problem or judged.reason
    if may_leave and (judged.verdict == PASS or step.needs == NEEDS_NO_FAIL):
        if progress.step + 1 == len(plan.steps):
            return Decision(PROMOTE, judged.reason)
        return Decision(STEP, judged.reason, progress.step + 1)
    if kept < max(plan.hold_seconds, step.min_seconds):
        waits = "" if kept >= step.min_seconds else f"kept for {format_duration(step.min_seconds)} at least; "
        return Decision(HOLD, f"{waits}{reason}")
    told = f"no verdict within {format_duration(plan.hold_seconds)}: {reason}"
    return Decision(plan.on_deadline, told)
