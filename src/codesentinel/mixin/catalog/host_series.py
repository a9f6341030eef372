"""What is recorded of each host, from the node exporter's metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.rule import Recording
from codesentinel.model.duration import prometheus_duration

if TYPE_CHECKING:
    from codesentinel.mixin.timing import Timing

SPACE = "instance_mountpoint:node_filesystem_avail:ratio"
INODES = "instance_mountpoint:node_filesystem_files_free:ratio"
MEMORY = "instance:node_memory_available:ratio"
WAITING = "instance:node_pressure_memory_waiting:ratio_rate"
STALLED = "instance:node_pressure_memory_stalled:ratio_rate"
CPU_COUNT = "instance:node_cpus:count"
CPU_WAITING = "instance:node_pressure_cpu_waiting:ratio_rate"
IO_WAITING = "instance:node_pressure_io_waiting:ratio_rate"
LOAD = "instance:node_load1_per_cpu:ratio"
DISK_BUSY = "instance_device:node_disk_busy:ratio_rate"
RECEIVED = "instance:node_network_receive_bytes:rate"
SENT = "instance:node_network_transmit_bytes:rate"
DESCRIPTORS = "instance:node_filefd_allocated:ratio"
UNTIL_FULL = "resource:codesentinel_capacity_exhaustion_seconds:left"
"""By ``bound``: the estimate, and the bounds of its interval, as the last review saw them."""

NO_DISKS = (
    "autofs|binfmt_misc|cgroup2?|devtmpfs|erofs|fuse[.].+|iso9660|nsfs|overlay|proc|ramfs|rootfs|squashfs"
    "|sysfs|tmpfs|udf"
)
"""What lies in memory, is an image that is full by nature, or shows another file system again."""

NO_NICS = "lo|veth.*|docker.*|br-.*|cni.*|cali.*|flannel.*|tap.*"
"""Traffic that never leaves the host, or passes a real interface as well."""

_NO_DRIVES = "loop.*|ram.*|dm-.*|md.*|fd.*|sr.*"
"""What lies on a drive that is counted itself, or is none."""


def host_recordings(timing: Timing) -> tuple[Recording, ...]:
    """Ratios and rates of each host, in the order in which they build on one another."""
    window = prometheus_duration(timing.rate_window_seconds)

    def last(metric: str) -> str:  # a failed scrape must neither end an alert nor begin its wait anew
        return f"last_over_time({metric}[{window}])"

    def rate(metric: str) -> str:
        return f"rate({metric}[{window}])"

    def writable_ratio(left: str, total: str) -> str:
        left_on_disks = last(f'{left}{{fstype!~"{NO_DISKS}"}}')
        return f"{left_on_disks}\n/ {last(total)}\nand {last('node_filesystem_readonly')} == 0"

    def network(counter: str) -> str:
        counted = rate(f'{counter}{{device!~"{NO_NICS}"}}')
        return f"sum without (device) ({counted})"

    idle_cpus = last('node_cpu_seconds_total{mode="idle"}')
    return (
        Recording(SPACE, writable_ratio("node_filesystem_avail_bytes", "node_filesystem_size_bytes")),
        Recording(INODES, writable_ratio("node_filesystem_files_free", "node_filesystem_files")),
        Recording(MEMORY, f"{last('node_memory_MemAvailable_bytes')} / {last('node_memory_MemTotal_bytes')}"),
        Recording(WAITING, rate("node_pressure_memory_waiting_seconds_total")),
        Recording(STALLED, rate("node_pressure_memory_stalled_seconds_total")),
        Recording(CPU_COUNT, f"count without (cpu, mode) ({idle_cpus})"),
        Recording(CPU_WAITING, rate("node_pressure_cpu_waiting_seconds_total")),
        Recording(IO_WAITING, rate("node_pressure_io_waiting_seconds_total")),
        Recording(LOAD, f"{last('node_load1')} / {CPU_COUNT}"),
        Recording(DISK_BUSY, rate(f'node_disk_io_time_seconds_total{{device!~"{_NO_DRIVES}"}}')),
        Recording(RECEIVED, network("node_network_receive_bytes_total")),
        Recording(SENT, network("node_network_transmit_bytes_total")),
        Recording(
            UNTIL_FULL,
            "clamp_min(\n  min by (kind, resource, bound) "
            "(codesentinel_capacity_exhaustion_timestamp_seconds) - time(),\n  0\n)",
        ),
        Recording(DESCRIPTORS, f"{last('node_filefd_allocated')} / {last('node_filefd_maximum')}"),
    )
