"""Hosts, as the node exporter sees them: disk space, inodes, memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.rule import Alert, Group, Recording
from codesentinel.model.duration import prometheus_duration
from codesentinel.model.finding import Severity

if TYPE_CHECKING:
    from codesentinel.mixin.timing import Timing

DISK_FULL_SOON = "HostDiskFullSoon"
INODES_USED_UP_SOON = "HostInodesUsedUpSoon"
MEMORY_PRESSURE = "HostMemoryPressure"

SPACE = "instance_mountpoint:node_filesystem_avail:ratio"
INODES = "instance_mountpoint:node_filesystem_files_free:ratio"
MEMORY = "instance:node_memory_available:ratio"
WAITING = "instance:node_pressure_memory_waiting:ratio_rate"
STALLED = "instance:node_pressure_memory_stalled:ratio_rate"

_NO_DISKS = (
    "autofs|binfmt_misc|cgroup2?|devtmpfs|erofs|fuse[.].+|iso9660|nsfs|overlay|proc|ramfs|rootfs|squashfs"
    "|sysfs|tmpfs|udf"
)
"""What lies in memory, is an image that is full by nature, or shows another file system again."""

_PAGE_HORIZON_WINDOWS = 1
_TICKET_HORIZON_WINDOWS = 4
"""A line is drawn at most four times as far into the future as it was followed in the past."""

_PRESSURE_RATIO = 0.05
"""Share of the time in which some work (P2) or all of it (P1) waits for memory."""


def hosts(timing: Timing) -> Group:
    """Disks and inodes that run out soon by their trend, and memory that work has to wait for."""
    return Group(
        "hosts",
        (
            *_recordings(timing),
            *_filling_alerts(timing, DISK_FULL_SOON, SPACE, "node_filesystem_avail_bytes", "space"),
            *_filling_alerts(timing, INODES_USED_UP_SOON, INODES, "node_filesystem_files_free", "inodes"),
            *_memory_alerts(timing),
        ),
    )


def _recordings(timing: Timing) -> tuple[Recording, ...]:
    window = prometheus_duration(timing.rate_window_seconds)

    def last(metric: str) -> str:  # a failed scrape must neither end an alert nor begin its wait anew
        return f"last_over_time({metric}[{window}])"

    def writable_ratio(left: str, total: str) -> str:
        left_on_disks = last(f'{left}{{fstype!~"{_NO_DISKS}"}}')
        return f"{left_on_disks}\n/ {last(total)}\nand {last('node_filesystem_readonly')} == 0"

    return (
        Recording(SPACE, writable_ratio("node_filesystem_avail_bytes", "node_filesystem_size_bytes")),
        Recording(INODES, writable_ratio("node_filesystem_files_free", "node_filesystem_files")),
        Recording(MEMORY, f"{last('node_memory_MemAvailable_bytes')} / {last('node_memory_MemTotal_bytes')}"),
        Recording(WAITING, f"rate(node_pressure_memory_waiting_seconds_total[{window}])"),
        Recording(STALLED, f"rate(node_pressure_memory_stalled_seconds_total[{window}])"),
    )


def _filling_alerts(timing: Timing, name: str, ratio: str, left: str, what: str) -> tuple[Alert, Alert]:
    """Little is left and the trend reaches nothing within the horizon, or almost nothing is left."""
    window = prometheus_duration(timing.host_window_seconds)

    def alert(
        severity: Severity, *, low_ratio: float, bottom_ratio: float, horizon_windows: int, for_seconds: float
    ) -> Alert:
        horizon_seconds = horizon_windows * timing.host_window_seconds
        horizon = prometheus_duration(horizon_seconds)
        return Alert(
            name,
            severity,
            expr=(
                f"(\n  {ratio} < {low_ratio}\n"
                f"  and predict_linear({left}[{window}], {horizon_seconds:g}) <= 0\n)\n"
                f"or {ratio} < {bottom_ratio}"
            ),
            for_seconds=for_seconds,
            keep_firing_for_seconds=timing.rate_window_seconds,
            summary=f"A file system runs out of {what} within {horizon}",
            description=(
                f"{{{{ $labels.mountpoint }}}} on {{{{ $labels.instance }}}} has "
                f"{{{{ $value | humanizePercentage }}}} of its {what} left, and at the pace of the last "
                f"{window} none within {horizon}, or less than {bottom_ratio:.0%} already."
            ),
        )

    return (
        alert(
            Severity.P1,
            low_ratio=0.1,
            bottom_ratio=0.03,
            horizon_windows=_PAGE_HORIZON_WINDOWS,
            for_seconds=timing.page_for_seconds,
        ),
        alert(
            Severity.P2,
            low_ratio=0.2,
            bottom_ratio=0.05,
            horizon_windows=_TICKET_HORIZON_WINDOWS,
            for_seconds=timing.ticket_for_seconds,
        ),
    )


def _memory_alerts(timing: Timing) -> tuple[Alert, Alert]:
    """Little memory is left and work waits for it, or almost none is left.

    Pressure alone does not count: a container that reclaims below its own limit raises it on a host
    with memory to spare. Little memory alone does not either, on a host that does well with it. The
    second half serves kernels that do not measure pressure.
    """

    def alert(
        severity: Severity,
        summary: str,
        *,
        low_ratio: float,
        pressure: str,
        bottom_ratio: float,
        for_seconds: float,
    ) -> Alert:
        return Alert(
            MEMORY_PRESSURE,
            severity,
            expr=(
                f"(\n  {MEMORY} < {low_ratio}\n  and {pressure} > {_PRESSURE_RATIO}\n)\n"
                f"or {MEMORY} < {bottom_ratio}"
            ),
            for_seconds=for_seconds,
            keep_firing_for_seconds=timing.rate_window_seconds,
            summary=summary,
            description=(
                "{{ $labels.instance }} has {{ $value | humanizePercentage }} of its memory available, and "
                f"work waits for memory, or less than {bottom_ratio:.0%} is left."
            ),
        )

    return (
        alert(
            Severity.P1,
            "A host stands still for want of memory",
            low_ratio=0.05,
            pressure=STALLED,
            bottom_ratio=0.02,
            for_seconds=timing.page_for_seconds,
        ),
        alert(
            Severity.P2,
            "A host runs short of memory",
            low_ratio=0.1,
            pressure=WAITING,
            bottom_ratio=0.05,
            for_seconds=timing.ticket_for_seconds,
        ),
    )
