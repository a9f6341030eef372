"""States that should not last: zombies that nobody reaps, waits in the kernel, processes that are stopped."""

from __future__ import annotations

from codesentinel.analysis.processes.finding import about, spoken_time
from codesentinel.model.finding import Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.analysis.processes.limits import Thresholds
    from codesentinel.model.finding import Finding
    from codesentinel.model.process_sample import History, Sampled


def zombies(history: History, limits: Thresholds) -> Iterator[Finding]:
    """Parents with five children or more that wait to be reaped, for two seconds or all along."""
    waiting: dict[int, list[float]] = {}
    for one, series in history.alive():
        if one.process.state == "Z":
            first = next(time for time, at in series if at.process.state == "Z")
            waiting.setdefault(one.process.ppid, []).append(first)
    for parent, since in waiting.items():
        known = history.last.processes.get(parent)
        oldest = min(since)
        all_along = history.seconds() < limits.zombie_seconds and oldest == history.samples[0].time
        lasting = all_along or history.last.time - oldest >= limits.zombie_seconds
        if known is None or len(since) < limits.zombies or not lasting:
            continue
        yield about(
            known,
            "zombies",
            Severity.P2,
            f"does not reap its children: {len(since)} zombies",
            "restart it, or mend its handling of SIGCHLD: zombies use up process ids, and cannot be killed",
            since=oldest,
            until=history.last.time,
            evidence={"zombies": len(since)},
        )


def stuck(history: History, limits: Thresholds) -> Iterator[Finding]:
    """Uninterruptible waits over three samples and two seconds in which the process has not run at all."""
    for one, series in history.alive():
        since = _unbroken(series, "D")
        if since is None or one.process.is_kernel_thread:
            continue
        held = [at for time, at in series if time >= since]
        stands = held[0].cpu_seconds == one.cpu_seconds
        seconds = history.last.time - since
        if len(held) < limits.stuck_samples or seconds < limits.stuck_seconds or not stands:
            continue
        yield about(
            one,
            "stuck",
            Severity.P2,
            f"has hung in the kernel for {spoken_time(seconds)}",
            "look at its storage and network file systems; `codesentinel memory process detail --pid PID`"
            " names the call it waits in",
            since=since,
            until=history.last.time,
            evidence={"samples": len(held)},
        )


def stopped(history: History, limits: Thresholds) -> Iterator[Finding]:
    """Processes that were stopped and not continued, for ten seconds."""
    for one, series in history.alive():
        since = _unbroken(series, "T")
        if since is None or history.last.time - since < limits.stopped_seconds:
            continue
        yield about(
            one,
            "stopped",
            Severity.INFO,
            f"has been stopped for {spoken_time(history.last.time - since)}",
            "continue it with SIGCONT, or end it: what it holds stays held",
            since=since,
            until=history.last.time,
        )


def _unbroken(series: list[tuple[float, Sampled]], state: str) -> float | None:
    """Since when the process has been in this state; None where it is not."""
    since = None
    for time, at in reversed(series):
        if at.process.state != state:
            break
        since = time
    return since
