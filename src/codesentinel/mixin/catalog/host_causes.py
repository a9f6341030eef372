"""What makes a host suffer: CPU, disks, clock, descriptors, network. Causes, so tickets and no pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.catalog.host_series import (
    CPU_WAITING,
    DESCRIPTORS,
    DISK_BUSY,
    IO_WAITING,
    LOAD,
    NO_DISKS,
    NO_NICS,
)
from codesentinel.mixin.catalog.overview import CPU_BUSY
from codesentinel.mixin.growth import grew
from codesentinel.mixin.rule import Alert, ticket
from codesentinel.model.duration import prometheus_duration

if TYPE_CHECKING:
    from codesentinel.mixin.timing import Timing

CPU_SATURATED = "HostCpuSaturated"
DISK_SATURATED = "HostDiskSaturated"
CLOCK_SKEWED = "HostClockSkewed"
FILESYSTEM_READ_ONLY = "HostFilesystemReadOnly"
DESCRIPTORS_LOW = "HostFileDescriptorsLow"
OUT_OF_MEMORY_KILL = "HostOutOfMemoryKill"
NETWORK_ERRORS = "HostNetworkErrors"

_BUSY_RATIO = 0.9
_WAITING_RATIO = 0.5
_LOAD_RATIO = 2
"""Work waits half of the time; where the kernel does not measure that, twice as many tasks as CPUs."""

_DISK_BUSY_RATIO = 0.95
_IO_WAITING_RATIO = 0.2
_OFFSET_SECONDS = 0.05
_SKEW_SECONDS = 5
"""A scrape may take some time; what a clock shows at its end differs by less than that."""

_DESCRIPTORS_RATIO = 0.8
_NETWORK_ERROR_RATIO = 0.01
_SAME_HOST = "on (job, instance)"


def cause_alerts(timing: Timing) -> tuple[Alert, ...]:
    """One ticket for each cause."""
    return (
        _cpu(timing),
        _disk(timing),
        _clock(timing),
        _read_only(timing),
        _descriptors(timing),
        _killed(timing),
        _network(timing),
    )


def _cpu(timing: Timing) -> Alert:
    return ticket(
        timing,
        CPU_SATURATED,
        expr=(
            f"{CPU_BUSY} > {_BUSY_RATIO}\n"
            f"and {_SAME_HOST} ({CPU_WAITING} > {_WAITING_RATIO} or {LOAD} > {_LOAD_RATIO})"
        ),
        for_seconds=timing.cause_for_seconds,
        summary="Work waits for CPUs",
        description=(
            "The CPUs of {{ $labels.instance }} are busy {{ $value | humanizePercentage }} of the time, and "
            "work waits for them."
        ),
    )


def _disk(timing: Timing) -> Alert:
    return ticket(
        timing,
        DISK_SATURATED,
        expr=f"{DISK_BUSY} > {_DISK_BUSY_RATIO}\nand {_SAME_HOST} {IO_WAITING} > {_IO_WAITING_RATIO}",
        for_seconds=timing.cause_for_seconds,
        summary="Work waits for a disk",
        description=(
            "{{ $labels.device }} of {{ $labels.instance }} is busy {{ $value | humanizePercentage }} of the "
            "time, and work waits for it."
        ),
    )


def _clock(timing: Timing) -> Alert:
    window = prometheus_duration(timing.rate_window_seconds)
    skew = "abs(node_time_seconds - timestamp(node_time_seconds))"
    return ticket(
        timing,
        CLOCK_SKEWED,
        expr=(
            f"abs(last_over_time(node_timex_offset_seconds[{window}])) > {_OFFSET_SECONDS}\n"
            f"or {skew} > {_SKEW_SECONDS}"
        ),
        for_seconds=timing.cause_for_seconds,
        summary="A clock is wrong",
        description=(
            "The clock of {{ $labels.instance }} is off by {{ $value | humanizeDuration }}: logs, "
            "certificates and metrics of different hosts cannot be compared."
        ),
    )


def _read_only(timing: Timing) -> Alert:
    window = prometheus_duration(timing.rate_window_seconds)
    series = f'node_filesystem_readonly{{fstype!~"{NO_DISKS}"}}'
    return ticket(
        timing,
        FILESYSTEM_READ_ONLY,
        expr=f"last_over_time({series}[{window}]) == 1\nand min_over_time({series}[1d]) == 0",
        summary="A file system turned read-only",
        description=(
            "{{ $labels.mountpoint }} of {{ $labels.instance }} could be written within the last day and "
            "cannot any more."
        ),
    )


def _descriptors(timing: Timing) -> Alert:
    return ticket(
        timing,
        DESCRIPTORS_LOW,
        expr=f"{DESCRIPTORS} > {_DESCRIPTORS_RATIO}",
        summary="A host runs out of file descriptors",
        description=(
            "{{ $labels.instance }} has {{ $value | humanizePercentage }} of all its file descriptors open; "
            "when none is left, nothing can be opened or connected."
        ),
    )


def _killed(timing: Timing) -> Alert:
    window = prometheus_duration(timing.event_window_seconds)
    return ticket(
        timing,
        OUT_OF_MEMORY_KILL,
        expr=grew("node_vmstat_oom_kill", window),
        for_seconds=timing.page_for_seconds,
        summary="The kernel killed a process for want of memory",
        description=(
            "The kernel of {{ $labels.instance }} killed about {{ $value | humanize }} processes within "
            f"{window}, because memory was out, of the host or of a container."
        ),
    )


def _network(timing: Timing) -> Alert:
    window = prometheus_duration(timing.rate_window_seconds)

    def both(what: str) -> str:
        series = (
            f'node_network_{way}_{what}_total{{device!~"{NO_NICS}"}}' for way in ("receive", "transmit")
        )
        return " + ".join(f"rate({one}[{window}])" for one in series)

    return ticket(
        timing,
        NETWORK_ERRORS,
        expr=f"({both('errs')})\n/ ({both('packets')}) > {_NETWORK_ERROR_RATIO}",
        for_seconds=timing.cause_for_seconds,
        summary="A network interface loses packets to errors",
        description=(
            "{{ $value | humanizePercentage }} of the packets of {{ $labels.device }} on "
            "{{ $labels.instance }} are errors."
        ),
    )
