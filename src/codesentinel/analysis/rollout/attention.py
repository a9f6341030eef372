"""Rollouts that were cut off: a canary that has traffic, and nobody who watches it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.duration import format_duration
from codesentinel.model.finding import Finding, Severity
from codesentinel.model.rollout import FAIL, ROLL_BACK
from codesentinel.model.timestamp import utc

if TYPE_CHECKING:
    from codesentinel.model.rollout import Progress


def cut_off_finding(target: str, progress: Progress, now: float) -> Finding:
    """What is left behind; the more urgent where it was known already that the canary does harm."""
    harm = progress.act == ROLL_BACK or progress.verdict == FAIL
    share = f"{100 * progress.split.canary_ratio:.3g}%"
    state = (
        "is to be rolled back" if harm else f"has {share} of the traffic" if progress.act else "has not begun"
    )
    at = progress.acted_at or progress.began_at
    return Finding(
        kind="rollout.cut-off",
        subject=target,
        severity=Severity.P1 if harm else Severity.P2,
        summary=f"the rollout of {target} was cut off {format_duration(now - at)} ago: the canary {state}",
        action="codesentinel canary run goes on with it; with --abort it brings the weights back",
        source="rollouts",
        evidence={
            "rollout": progress.id,
            "step": progress.step + 1,
            "canary_ratio": progress.split.canary_ratio,
            "verdict": progress.verdict or None,
            "reason": progress.reason,
        },
        since=utc(at),
    )
