"""Too many starts: a storm of forks, and a program that ends and is started again and again."""

from __future__ import annotations

from codesentinel.analysis.processes.finding import about, spoken_time
from codesentinel.model.finding import Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.analysis.processes.limits import Thresholds
    from codesentinel.model.finding import Finding
    from codesentinel.model.process_sample import History, Sample, Sampled

_LOOPS = frozenset(
    "sh bash dash zsh ksh fish busybox make ninja xargs parallel find watch entr timeout".split()
)
_MOST_AT_ONCE = 2


def fork_storms(history: History, limits: Thresholds) -> Iterator[Finding]:
    """A hundred starts a second for three seconds, told of the process that has most of them.

    The number of starts is exact, from the ids that the kernel gives out; whose they are is told by the page
    faults of children that were waited for, and by the children that are seen.
    """
    samples = history.samples
    since = None
    for before, after in zip(reversed(samples[:-1]), reversed(samples), strict=False):
        if _starts(before, after) / max(after.time - before.time, 1e-9) < limits.starts_per_second:
            break
        since = before
    if since is None or history.last.time - since.time < limits.starts_seconds:
        return
    seconds = history.last.time - since.time
    rate = _starts(since, history.last) / seconds
    culprit = _busiest_parent(since, history.last)
    if culprit is None:
        return
    yield about(
        culprit,
        "fork-storm",
        Severity.P1,
        f"starts most of the {rate:.0f} processes a second seen here for {spoken_time(seconds)}",
        "stop it with all it started: `codesentinel memory process kill --pid PID --tree --force`",
        since=since.time,
        until=history.last.time,
        evidence={"starts_per_second": round(rate, 1)},
    )


def restart_loops(history: History, limits: Thresholds) -> Iterator[Finding]:
    """The same command line, started five times in twenty seconds by one parent, one or two at a time.

    Shells and their like are left out: a loop in a script does just that.
    """
    horizon = history.last.time - limits.restart_seconds
    started: dict[tuple[int, str], list[list[tuple[float, Sampled]]]] = {}
    for series in history.everyone():
        one = series[-1][1]
        if one.process.start_time >= horizon and one.argv_digest:
            started.setdefault((one.process.ppid, one.argv_digest), []).append(series)
    for (parent, _), starts in started.items():
        known = history.last.processes.get(parent)
        if known is None or len(starts) < limits.restarts or known.process.name in _LOOPS:
            continue
        times: dict[float, int] = {}
        for series in starts:
            for time, _sampled in series:
                times[time] = times.get(time, 0) + 1
        if max(times.values()) > _MOST_AT_ONCE:
            continue
        example = starts[-1][-1][1]
        first = min(series[0][1].process.start_time for series in starts)
        yield about(
            known,
            "restart-loop",
            Severity.P2,
            f"has started {example.process.name} {len(starts)} times"
            f" in {spoken_time(history.last.time - first)}, each time anew with the same command line",
            f"read the output of {example.process.name}: it ends soon after its start",
            since=first,
            until=history.last.time,
            evidence={
                "starts": len(starts),
                "child": example.process.name,
                "child_argv": example.process.argv_shape,
            },
        )


def _starts(before: Sample, after: Sample) -> int:
    """Ids given out between two samples; they begin anew at the wrap."""
    given = after.host.starts - before.host.starts
    return given if given >= 0 else given + after.host.starts_wrap


def _busiest_parent(before: Sample, after: Sample) -> Sampled | None:
    scores: dict[int, float] = {}
    for pid, one in after.processes.items():
        was = before.processes.get(pid)
        if was is not None and was.process.identity == one.process.identity:
            faults = one.process.faults - was.process.faults
            scores[pid] = scores.get(pid, 0.0) + max(faults, 0) / 100
        else:
            scores[one.process.ppid] = scores.get(one.process.ppid, 0.0) + 1
    present = {
        pid: score for pid, score in scores.items() if pid in after.processes and score > 0 and pid > 2
    }
    return after.processes[max(present, key=lambda pid: present[pid])] if present else None
