"""A rollout in words: what it would do, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.duration import format_duration
from codesentinel.model.rollout import HOLD, LEAVE, NEEDS_NO_FAIL, PROMOTED
from codesentinel.render.ascii import escaped

if TYPE_CHECKING:
    from codesentinel.model.rollout import Ended, Intended, Step

_VERIFIED = {
    True: "what arrives agrees with the weights",
    False: "WARNING: what arrives does not agree with the weights",
    None: "no request arrived since, so that nothing shows it",
}


def intended_text(intended: Intended) -> str:
    """The steps, and what happens when; for the one who is asked, and for a dry run."""
    plan = intended.plan
    now = (
        "is not running yet"
        if intended.now is None
        else f"gives the canary {_share(intended.now.canary_ratio)}"
    )
    what = f"{escaped(plan.service)} in {escaped(plan.environment)}, target {plan.target}"
    lines = [f"{what}: {escaped(intended.identity)} {now}"]
    if intended.resumes:
        lines.append(f"  goes on with the rollout {escaped(intended.resumes)}")
    for number, (step, split) in enumerate(zip(plan.steps, intended.splits, strict=True), 1):
        weights = f" (weights {split.baseline}:{split.canary})" if split else ""
        lines.append(f"  step {number}: {_share(step.ratio)}{weights}, {_needs(step)}")
    lines.append(
        f"  then 100%; looked at every {format_duration(plan.tick_seconds)}; harm rolls back at once"
    )
    deadline = "held on" if plan.on_deadline == HOLD else "rolled back"
    lines.append(f"  a step without its verdict is {deadline} after {format_duration(plan.hold_seconds)}")
    signal = "leave the weights for the next run" if plan.on_signal == LEAVE else "bring the weights back"
    lines.append(f"  SIGINT and SIGTERM {signal}")
    for which, commands in (("before", plan.before), ("after", plan.after)):
        lines += [f"  {which}: {escaped(' '.join(words))}" for words in commands]
    lines += [f"  note: {escaped(note)}" for note in intended.notes]
    return "\n".join(lines)


def ended_text(ended: Ended) -> str:
    """How it ended, why, and where the traffic goes now."""
    word = "OK" if ended.outcome == PROMOTED else "FAIL"
    took = format_duration(ended.ended_at - ended.began_at)
    looks = f", judged {ended.looks} times" if ended.looks else ""
    lines = [
        f"{word} {ended.target} {ended.outcome} after {took}{looks}: {escaped(ended.reason)}",
        f"  the canary gets {_share(ended.split.canary_ratio)} now; {_VERIFIED[ended.verified]}",
    ]
    lines += [f"  note: {escaped(note)}" for note in ended.notes]
    return "\n".join(lines)


def _needs(step: Step) -> str:
    needs = "left without a FAIL" if step.needs == NEEDS_NO_FAIL else "left on PASS"
    return f"{needs} after {format_duration(step.min_seconds)} at the earliest" if step.min_seconds else needs


def _share(ratio: float) -> str:
    return f"{100 * ratio:.4g}%"
