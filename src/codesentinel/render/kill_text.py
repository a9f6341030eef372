"""What is about to be ended, and what came of it, in words."""

from __future__ import annotations

from codesentinel.render.ascii import escaped
from codesentinel.render.quantity import bytes_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from codesentinel.model.kill import KillOutcome, KillPlan

_MOST_SHOWN = 10


def plan_text(plan: KillPlan) -> str:
    """The target with what it is, and its children, for the one who is asked."""
    process = plan.process
    lines = [
        f"{escaped(process.name)}  {process.handle}",
        f"  owner {escaped(process.username)}, {process.status}, {bytes_text(process.rss_bytes)} of memory",
        f"  started {process.start_time_text}",
        f"  command {escaped(process.argv_shape, 200)}",
    ]
    if plan.descendants:
        fate = "ended with it" if plan.tree else "left without it"
        lines.append(f"  {len(plan.descendants)} processes below it would be {fate}:")
        lines += [f"    {escaped(one.name)} ({one.pid})" for one in plan.descendants[:_MOST_SHOWN]]
        more = len(plan.descendants) - _MOST_SHOWN
        lines += [f"    and {more} more"] if more > 0 else []
    lines.append(f"  signals: SIGTERM{', then SIGKILL' if plan.force else ''}")
    return "\n".join(lines)


def outcome_text(outcome: KillOutcome) -> str:
    """One line, and a second one where there is something to know."""
    who = f"{escaped(outcome.name)} {outcome.handle}".strip() or f"process {outcome.pid}"
    if outcome.processes > 1 and outcome.signals:
        who += f" and {outcome.processes - 1} below it"
    signals = " and ".join(outcome.signals)
    told = {
        "ended": f"ended: {who}"
        + (f" ({signals}, {outcome.seconds:.3g}s)" if outcome.seconds is not None else ""),
        "alive": f"still alive: {who}" + (f" after {signals}" if signals else ""),
        "refused": f"refused: {who}: {escaped(outcome.refused_because)}",
        "permission": f"not permitted: {who}: {escaped(outcome.refused_because)}",
        "not_found": f"not found: {who}",
        "cancelled": f"cancelled: {who}",
    }[outcome.outcome]
    return f"{told}\n  {escaped(outcome.explanation)}" if outcome.explanation else told
