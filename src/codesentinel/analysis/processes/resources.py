"""Resources that are nearly used up, by a process or on the host, and the user's own thresholds."""

from __future__ import annotations

from codesentinel.analysis.processes.finding import about, spoken_bytes, spoken_time
from codesentinel.model.finding import Severity
from codesentinel.model.process_sample import demands
from codesentinel.stats.slope import median, robust_z

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.analysis.processes.limits import Thresholds
    from codesentinel.model.finding import Finding
    from codesentinel.model.process_sample import History, Sampled


def near_fd_limit(history: History, limits: Thresholds) -> Iterator[Finding]:
    """Processes with four fifths of their file descriptors in use."""
    for one, _ in history.alive():
        if one.fds is None or not one.fds_limit or one.fds < limits.fds_ratio * one.fds_limit:
            continue
        yield about(
            one,
            "fd-limit",
            Severity.P1,
            f"has {one.fds} of {one.fds_limit} file descriptors open ({one.fds / one.fds_limit:.0%})",
            "raise its limit (ulimit -n, LimitNOFILE=) or find what it does not close: then every open fails",
            until=history.last.time,
            evidence={"fds": one.fds, "limit": one.fds_limit},
        )


def out_of_memory_risk(history: History, limits: Thresholds) -> Iterator[Finding]:
    """Little memory left, or everybody waiting for it: told of the process that has most."""
    host = history.last.host
    if not host.memory_bytes:
        return
    ratio = host.available_bytes / host.memory_bytes
    stalls = [sample.host.memory_stall_ratio or 0.0 for sample in history.samples[-3:]]
    if ratio >= limits.available_ratio and min(stalls) < limits.memory_stall_ratio:
        return
    biggest = max(history.last.processes.values(), key=lambda one: one.memory_bytes)
    yield about(
        biggest,
        "out-of-memory-risk",
        Severity.P1,
        f"uses {spoken_bytes(biggest.memory_bytes)}, the most on a host with"
        f" {spoken_bytes(host.available_bytes)} left ({ratio:.0%}),"
        f" where tasks wait for memory {stalls[-1]:.0%} of the time",
        "free memory now, or the kernel ends a process of its choice",
        until=history.last.time,
        evidence={"available_ratio": ratio, "memory_stall_ratio": stalls[-1]},
    )


def thresholds(history: History, limits: Thresholds) -> Iterator[Finding]:
    """The user's own thresholds, for processes that have run long enough."""
    memory = history.last.host.memory_bytes
    for one, series in history.alive():
        process = one.process
        age = history.last.time - process.start_time
        if process.is_kernel_thread or age < limits.min_runtime_seconds:
            continue
        spans = demands(series[-2:])
        used = spans[-1][1] if spans else None
        if used is not None and used >= limits.cpu_ratio:
            yield about(
                one,
                "cpu-threshold",
                Severity.P2,
                f"uses {used:.0%} of a core {spoken_time(age)} after its start"
                f" (threshold {limits.cpu_ratio:.0%})",
                "see whether that is its work: `codesentinel memory process watch --pid PID`",
                until=history.last.time,
                evidence={"cpu_ratio": round(used, 4), "runtime_seconds": round(age, 1)},
            )
        if memory and process.rss_bytes >= limits.memory_ratio * memory:
            share = process.rss_bytes / memory
            yield about(
                one,
                "memory-threshold",
                Severity.P2,
                f"holds {share:.0%} of the host's memory (threshold {limits.memory_ratio:.0%})",
                "see whether it needs that: `codesentinel memory process detail --pid PID -v`",
                until=history.last.time,
                evidence={"rss_bytes": process.rss_bytes, "memory_ratio": round(share, 4)},
            )


def unusual_for_its_command(history: History, limits: Thresholds) -> Iterator[Finding]:
    """Memory far from what the same command has had over thirty samples, and much for this host.

    Its own past counts; where it is too young for that, the past of others with the same command line.
    """
    host = history.last.host.memory_bytes
    for one, series in history.alive():
        now = float(one.memory_bytes)
        if not host or now < limits.z_host_ratio * host or one.process.is_kernel_thread:
            continue
        past = [float(at.memory_bytes) for _, at in series[:-1]]
        if len(past) < limits.z_samples:
            past = _of_command(one, history)
        if len(past) < limits.z_samples:
            continue
        z = robust_z(now, past, least_spread=0.01 * host)
        if z < limits.z or now - median(past) < limits.z_host_ratio * host:
            continue
        yield about(
            one,
            "unusual-memory",
            Severity.P2,
            f"has {spoken_bytes(now)} of memory, where {spoken_bytes(median(past))} is usual for it",
            "see what it does now and did not before: `codesentinel memory process detail --pid PID -v`",
            since=series[-1][0],
            until=history.last.time,
            evidence={
                "z": round(z, 1),
                "memory_bytes": now,
                "median_bytes": median(past),
                "samples": len(past),
            },
        )


def _of_command(one: Sampled, history: History) -> list[float]:
    """Memory of others that ran the same command line, at every sample."""
    command = (one.process.name, one.process.argv_shape)
    return [
        float(other.memory_bytes)
        for sample in history.samples
        for other in sample.processes.values()
        if (other.process.name, other.process.argv_shape) == command
        and other.process.identity != one.process.identity
    ]
