"""Runaways: a process that wants a whole core and does not stop wanting it."""

from __future__ import annotations

from codesentinel.analysis.processes.finding import about, spoken_time
from codesentinel.model.finding import Severity
from codesentinel.model.process_sample import demands

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.analysis.processes.limits import Thresholds
    from codesentinel.model.finding import Finding
    from codesentinel.model.process_sample import History, Sampled

_LIFELONG_RATIO = 0.97


def runaways(history: History, limits: Thresholds) -> Iterator[Finding]:
    """Demand of 90 % of a core or more, unbroken, for 20 seconds, with 3 CPU seconds used.

    Demand, and not use: on a busy host a spinner gets half a core and waits for the other half. Without
    such a history, a process that has used nearly all of its lifetime is told on that evidence.
    """
    for one, series in history.alive():
        if one.process.is_kernel_thread:
            continue
        last = demands(series[-2:])
        wants = bool(last) and last[0][2] >= limits.demand_ratio
        if wants and (finding := _unbroken(one, series, history, limits)):
            yield finding
            continue
        age = history.last.time - one.process.start_time
        share = one.cpu_seconds / age if age > 0 else 0.0
        if share >= _LIFELONG_RATIO and age >= limits.demand_seconds and (wants or not last):
            yield _runaway(one, share, one.cpu_seconds, one.process.start_time, history.last.time)


def _unbroken(
    one: Sampled, series: list[tuple[float, Sampled]], history: History, limits: Thresholds
) -> Finding | None:
    """Told where its demand has held long enough, back from the last sample."""
    held: list[float] = []
    for _, _, demanded in reversed(demands(series)):
        if demanded < limits.demand_ratio:
            break
        held.append(demanded)
    since, first = series[-1 - len(held)]
    used = one.cpu_seconds - first.cpu_seconds
    if history.last.time - since < limits.demand_seconds or used < limits.demand_cpu_seconds:
        return None
    return _runaway(one, sum(held) / len(held), used, since, history.last.time)


def _runaway(one: Sampled, demand: float, used: float, since: float, until: float) -> Finding:
    return about(
        one,
        "runaway",
        Severity.P2,
        f"has wanted {demand:.0%} of a core without a pause for {spoken_time(until - since)},"
        f" and used {used:.1f}s",
        "see what it does with `codesentinel memory process detail --pid PID -v`; end it with `process kill`"
        " if that is not its work",
        since=since,
        until=until,
        evidence={"demand_ratio": round(demand, 4), "cpu_seconds": round(used, 3)},
    )
