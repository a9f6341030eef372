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
        since, spans = None, demands(series)
        for end, _, demanded in reversed(spans):
            if demanded < limits.demand_ratio:
                break
            since = end
        held = [(used, demanded) for end, used, demanded in spans if since is not None and end >= since]
        started = max((time for time, _ in series if since is not None and time < since), default=None)
        if started is not None:
            seconds = history.last.time - started
            used = one.cpu_seconds - next(sampled.cpu_seconds for time, sampled in series if time == started)
            if seconds >= limits.demand_seconds and used >= limits.demand_cpu_seconds:
                mean = sum(demanded for _, demanded in held) / len(held)
                yield _runaway(one, mean, used, started, history.last.time)
                continue
        age = history.last.time - one.process.start_time
        share = one.cpu_seconds / age if age > 0 else 0.0
        if share >= _LIFELONG_RATIO and age >= limits.demand_seconds and (not held or started is not None):
            yield _runaway(one, share, one.cpu_seconds, one.process.start_time, history.last.time)


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
