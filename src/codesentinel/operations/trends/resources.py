"""Which metrics tell how much of what is used, and how much of it there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codesentinel.model.duration import prometheus_duration
from codesentinel.operations.query import default_step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codesentinel.analysis.trends.capacity.judge import Candidate
    from codesentinel.capture.history import HistoryReader

SINCE_SECONDS = 30 * 86400.0
"""How much history is read where nobody says otherwise."""
STEPS = 720
"""How many values of it are read."""
_YOUNG = 60
_DISKS = 'fstype!~"tmpfs|devtmpfs|ramfs|squashfs|iso9660|nsfs|proc|sysfs|cgroup.*|autofs|fuse.*|overlay"'


class ResourceKind(NamedTuple):
    """``used`` and ``limit`` are PromQL in the same unit; series belong together by the labels ``by``.

    ``subject`` and ``action`` are filled in from these labels; ``$window`` is the time between two
    values read.
    """

    kind: str
    what: str
    used: str
    limit: str
    by: tuple[str, ...]
    subject: str
    action: str


KINDS: tuple[ResourceKind, ...] = (
    ResourceKind(
        "disk",
        "disk space",
        f"(node_filesystem_size_bytes{{{_DISKS}}} - node_filesystem_avail_bytes) "
        "and (node_filesystem_readonly == 0)",
        f"node_filesystem_size_bytes{{{_DISKS}}}",
        ("instance", "device", "mountpoint"),
        "{mountpoint} on {instance}",
        "du -xh --max-depth=2 {mountpoint} | sort -h | tail",
    ),
    ResourceKind(
        "inodes",
        "inodes",
        f"(node_filesystem_files{{{_DISKS}}} - node_filesystem_files_free) "
        "and (node_filesystem_readonly == 0)",
        f"node_filesystem_files{{{_DISKS}}} > 0",
        ("instance", "device", "mountpoint"),
        "{mountpoint} on {instance}",
        "du -x --inodes --max-depth=2 {mountpoint} | sort -n | tail",
    ),
    ResourceKind(
        "memory",
        "memory",
        "node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes",
        "node_memory_MemTotal_bytes",
        ("instance",),
        "{instance}",
        "codesentinel memory process system --sort memory",
    ),
    ResourceKind(
        "cpu",
        "processor time",
        '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[$window]))',
        "count by (instance) (node_uname_info) * 0 + 1",
        ("instance",),
        "{instance}",
        "codesentinel memory process top",
    ),
    ResourceKind(
        "file_descriptors",
        "file descriptors of the host",
        "node_filefd_allocated",
        "node_filefd_maximum",
        ("instance",),
        "{instance}",
        "sysctl fs.file-max; lsof | awk '{{print $1}}' | sort | uniq -c | sort -n | tail",
    ),
    ResourceKind(
        "process_file_descriptors",
        "file descriptors",
        "process_open_fds",
        "process_max_fds > 0",
        ("job", "instance"),
        "{job} at {instance}",
        "codesentinel memory process anomalies",
    ),
    ResourceKind(
        "processes",
        "process ids",
        "node_processes_pids",
        "node_processes_max_processes",
        ("instance",),
        "{instance}",
        "codesentinel memory process group --by name",
    ),
    ResourceKind(
        "threads",
        "threads",
        "node_processes_threads",
        "node_processes_max_threads",
        ("instance",),
        "{instance}",
        "codesentinel memory process group --by name",
    ),
    ResourceKind(
        "connection_tracking",
        "tracked connections",
        "node_nf_conntrack_entries",
        "node_nf_conntrack_entries_limit",
        ("instance",),
        "{instance}",
        "sysctl net.netfilter.nf_conntrack_max; ss -s",
    ),
    ResourceKind(
        "postgres_connections",
        "connections",
        "sum by (instance) (pg_stat_activity_count)",
        "max by (instance) (pg_settings_max_connections)",
        ("instance",),
        "PostgreSQL at {instance}",
        "psql -c 'select state, count(*) from pg_stat_activity group by 1'",
    ),
    ResourceKind(
        "mysql_connections",
        "connections",
        "mysql_global_status_threads_connected",
        "mysql_global_variables_max_connections",
        ("instance",),
        "MySQL at {instance}",
        "mysql -e 'show processlist'",
    ),
    ResourceKind(
        "redis_connections",
        "connections",
        "redis_connected_clients",
        "redis_config_maxclients",
        ("instance",),
        "Redis at {instance}",
        "redis-cli client list",
    ),
    ResourceKind(
        "volume",
        "space",
        "kubelet_volume_stats_used_bytes",
        "kubelet_volume_stats_capacity_bytes",
        ("namespace", "persistentvolumeclaim"),
        "volume {namespace}/{persistentvolumeclaim}",
        "kubectl -n {namespace} describe pvc {persistentvolumeclaim}",
    ),
    ResourceKind(
        "quota",
        "quota",
        'kube_resourcequota{type="used"}',
        'kube_resourcequota{type="hard"} > 0',
        ("namespace", "resourcequota", "resource"),
        "{resource} of {namespace}/{resourcequota}",
        "kubectl -n {namespace} describe resourcequota {resourcequota}",
    ),
)
"""The kinds that are looked for; a kind without series costs one question."""


def candidates_in(reader: HistoryReader, now: float, span: float) -> Iterator[Candidate]:
    """The resources of all kinds whose use and limit are both in the history; ``span`` is in seconds."""
    for kind in KINDS:
        yield from _of_kind(reader, kind, now, span)


def _of_kind(reader: HistoryReader, kind: ResourceKind, now: float, span: float) -> Iterator[Candidate]:
    """The resources of a kind; a history that is younger than the span is read again, in finer steps."""
    from codesentinel.analysis.trends.capacity.judge import Candidate
    from codesentinel.model.capacity import Resource

    step = default_step(span, STEPS)
    limits: dict[tuple[str, ...], float] = {}
    for series in reader.read(kind.limit, now - 3600, now, 60.0):
        limits[_key(kind, series.labels)] = float(series.values[-1])
    if not limits:
        return
    window = prometheus_duration(max(step, 60.0))
    found = reader.read(kind.used.replace("$window", window), now - span, now, step)
    known = max((one.span_seconds for one in found), default=0.0)
    if known < _YOUNG * step:  # so short that servers may show nothing of it at such a step
        span = known + step
        step = default_step(span, STEPS)
        window = prometheus_duration(max(step, 60.0))
        found = reader.read(kind.used.replace("$window", window), now - span, now, step)
    seen = set()
    for series in sorted(found, key=lambda one: len(one.labels.get("mountpoint", ""))):
        key = _key(kind, series.labels)
        device = tuple(series.labels.get(name, "") for name in kind.by if name != "mountpoint")
        if key not in limits or device in seen:
            continue  # one device mounted twice is judged once, by its shortest mount point
        seen.add(device)
        words = {name: series.labels.get(name, "") for name in kind.by}
        resource = Resource(kind.kind, kind.subject.format(**words), kind.what, kind.action.format(**words))
        yield Candidate(resource, series, limits[key])


def _key(kind: ResourceKind, labels: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(labels.get(name, "") for name in kind.by)
