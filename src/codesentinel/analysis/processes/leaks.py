"""Leaks: memory, file descriptors or threads whose lowest level only rises.

Trend tests alone take every saw-tooth and every warm-up for a leak (Machida et al., ISSREW 2013). The
floor of a leak rises in each of four windows in a row; a garbage collector's floor does not.
"""

from __future__ import annotations

from itertools import pairwise

from codesentinel.analysis.processes.finding import about, spoken_bytes, spoken_time
from codesentinel.model.finding import Severity
from codesentinel.stats.slope import theil_sen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from codesentinel.analysis.processes.limits import Thresholds
    from codesentinel.model.finding import Finding
    from codesentinel.model.process_sample import History, Sampled

_SOON_SECONDS = 3600.0
_FEW_CLOSED = 0.5  # of what was gained


class _Counted:
    """What is counted rather than measured: how it is named, and from which growth on it is a leak."""

    def __init__(self, kind: str, plural: str, least: int, count: Callable[[Sampled], int | None]) -> None:
        self.kind = kind
        self.plural = plural
        self.least = least
        self.count = count


def leaks(history: History, limits: Thresholds) -> Iterator[Finding]:
    """All three kinds, for every process that lives."""
    counted = (
        _Counted("fd", "file descriptors", limits.leak_fds, lambda at: at.fds),
        _Counted("thread", "threads", limits.leak_threads, lambda at: at.process.threads),
    )
    for one, series in history.alive():
        if one.process.is_kernel_thread or len(series) < limits.windows * limits.window_samples:
            continue
        yield from _memory(one, series[-limits.windows * limits.window_samples :], history, limits)
        for kind in counted:
            yield from _growing(one, series, kind, limits)


def rising_floor(values: Sequence[float], windows: int) -> list[float] | None:
    """The lowest value of each window, if each lies above the one before; else None."""
    size = len(values) // windows
    floors = [min(values[index * size : (index + 1) * size]) for index in range(windows)]
    rises = all(later > earlier for earlier, later in pairwise(floors))
    return floors if rises else None


def _slows_down(floors: Sequence[float]) -> bool:
    """Whether the last step up is less than half of the mean before it, as when something warms up."""
    steps = [later - earlier for earlier, later in pairwise(floors)]
    return steps[-1] < 0.5 * sum(steps[:-1]) / (len(steps) - 1)


def _memory(
    one: Sampled, recent: Sequence[tuple[float, Sampled]], history: History, limits: Thresholds
) -> Iterator[Finding]:
    values = [float(at.memory_bytes) for _, at in recent]
    floors = rising_floor(values, limits.windows)
    if floors is None or floors[-1] - floors[0] < max(limits.leak_bytes, limits.leak_ratio * floors[0]):
        return
    times = [time for time, _ in recent]
    slope = theil_sen(times, values)
    if slope <= 0 or _slows_down(floors):
        return
    left = history.last.host.available_bytes / slope
    if left > limits.horizon_seconds:
        return
    seconds = times[-1] - times[0]
    soon = left <= _SOON_SECONDS
    yield about(
        one,
        "memory-leak",
        Severity.P1 if soon else Severity.P2,
        f"has grown from {spoken_bytes(floors[0])} to {spoken_bytes(floors[-1])} in {spoken_time(seconds)}"
        f" without ever giving back; at {spoken_bytes(slope)}/s the host's memory lasts {spoken_time(left)}",
        "restart it before that, and look for what it keeps: `codesentinel memory process watch --pid PID`",
        since=times[0],
        until=times[-1],
        evidence={
            "floors_bytes": floors,
            "slope_bytes_per_second": slope,
            "exhausted_in_seconds": left,
        },
    )


def _growing(
    one: Sampled, series: Sequence[tuple[float, Sampled]], kind: _Counted, limits: Thresholds
) -> Iterator[Finding]:
    """Where many are closed too, twice as long a rise is asked for: connections drift up and down."""
    for windows in (limits.windows, 2 * limits.windows):
        recent = series[-windows * limits.window_samples :]
        values = [float(number) for _, at in recent if (number := kind.count(at)) is not None]
        if len(values) < windows * limits.window_samples:
            return
        closed = sum(max(before - after, 0.0) for before, after in pairwise(values))
        if closed <= _FEW_CLOSED * (values[-1] - values[0]) or windows > limits.windows:
            break
    floors = rising_floor(values, windows)
    if floors is None or floors[-1] - floors[0] < kind.least:
        return
    times = [time for time, _ in recent]
    slope = theil_sen(times, values)
    if slope <= 0:
        return
    limit = one.fds_limit if kind.kind == "fd" else None
    left = (limit - values[-1]) / slope if limit else None
    until = (
        f"; at this rate its limit of {limit} is reached in {spoken_time(left)}" if left is not None else ""
    )
    yield about(
        one,
        f"{kind.kind}-leak",
        Severity.P1 if left is not None and left <= _SOON_SECONDS else Severity.P2,
        f"went from {floors[0]:.0f} to {floors[-1]:.0f} {kind.plural}"
        f" in {spoken_time(times[-1] - times[0])}{until}",
        f"find what opens {kind.plural} and forgets them; a restart frees them for a while",
        since=times[0],
        until=times[-1],
        evidence={"floors": floors, "slope_per_second": slope, "limit": limit, "exhausted_in_seconds": left},
    )
