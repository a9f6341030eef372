"""What a canary would find, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.duration import format_duration
from codesentinel.render.ascii import escaped
from codesentinel.render.quantity import ratio_text

if TYPE_CHECKING:
    from codesentinel.model.canary_power import CanaryPower, Power


def power_text(found: CanaryPower) -> str:
    """A table for each metric, and what its rows mean."""
    share, deadline = ratio_text(found.canary_share), format_duration(found.deadline_seconds)
    traffic = f"{found.requests_per_minute:g} requests a minute, {share} of them to the canary"
    lines = [f"{traffic}, until {deadline}; {found.runs} runs each"]
    for name in dict.fromkeys(one.metric for one in found.powers):
        rows = [one for one in found.powers if one.metric == name]
        lines += ["", f"{escaped(name):<30} {'stopped':>8} {'after':>8}   {'passed':>8} {'after':>8}"]
        lines += [_row(one) for one in rows]
    lines += ["", f"what is stopped within the margin is stopped wrongly: {ratio_text(found.alpha)} at most"]
    return "\n".join(lines)


def _row(one: Power) -> str:
    what = f"{one.harm:g} times" + (", within margin" if one.is_within_margin else "")
    return (
        f"  {what:<28} {ratio_text(one.stopped):>8} {_after(one.stopped_after_seconds):>8}"
        f"   {ratio_text(one.passed):>8} {_after(one.passed_after_seconds):>8}"
    )


def _after(seconds: float | None) -> str:
    return "-" if seconds is None else format_duration(seconds)
