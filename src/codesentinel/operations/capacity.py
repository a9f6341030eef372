"""Disks, inodes and memory judged from the long history, or from Prometheus where that is all there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codesentinel.model.errors import CouldNotJudge, NotInstalled
from codesentinel.model.finding import Finding, Severity
from codesentinel.model.report import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.analysis.trends.capacity.line import Resource
    from codesentinel.capture.prometheus import PrometheusClient
    from codesentinel.model.series import Series
    from codesentinel.operations.base import Context

_POINTS = 1000
_ENOUGH_POINTS = 100
_GONE_SECONDS = 600.0
_SHARES = (1.0, 1 / 6, 1 / 36)
_FINEST_STEP_SECONDS = 5.0
_DISKS = (
    '{fstype!~"tmpfs|devtmpfs|ramfs|squashfs|iso9660|nsfs|proc|sysfs|cgroup.*|autofs|fuse.*"}'
    " and on (instance, device, mountpoint) (node_filesystem_readonly == 0)"
)


@dataclass(frozen=True, slots=True)
class _Kind:
    kind: str
    what: str
    left: str
    total: str
    action: str


_KINDS = (
    _Kind(
        "disk",
        "disk space",
        f"node_filesystem_avail_bytes{_DISKS}",
        "node_filesystem_size_bytes",
        "df -h {place}",
    ),
    _Kind(
        "inodes", "inodes", f"node_filesystem_files_free{_DISKS}", "node_filesystem_files", "df -i {place}"
    ),
    _Kind(
        "memory",
        "memory",
        "node_memory_MemAvailable_bytes",
        "node_memory_MemTotal_bytes",
        "ps -eo pid,rss,comm --sort=-rss | head",
    ),
)


def capacity(
    context: Context,
    history: PrometheusClient,
    prometheus: PrometheusClient,
    *,
    now: float,
    window_seconds: float,
) -> tuple[list[Finding], Source]:
    """Findings on what runs out, and how much could be judged.

    Raises:
        CouldNotJudge: neither server answers, or the numerical libraries are missing.
    """
    try:
        from codesentinel.analysis.trends.capacity.line import judge
    except ModuleNotFoundError as exc:
        raise NotInstalled(
            f"trends need the trends extra ({exc.name} is missing)", hint="pip install 'codesentinel[trends]'"
        ) from exc
    notes: list[str] = []
    try:
        history.instant("1")
    except CouldNotJudge as exc:
        notes.append(f"read from Prometheus alone: {exc.message}")
        history = prometheus
    findings: list[Finding] = []
    fine: list[str] = []
    unjudged: dict[str, list[str]] = {}
    for kind in _KINDS:
        for series, resource in _resources(kind, history, now=now, window_seconds=window_seconds):
            judged = judge(series, resource, now=now, horizon_seconds=context.settings.review.horizon_seconds)
            if judged.finding:
                findings.append(judged.finding)
            else:
                names = unjudged.setdefault(judged.reason, []) if judged.reason else fine
                names.append(f"{resource.kind} of {resource.subject}")
    notes += [f"{', '.join(names)}: {reason}" for reason, names in unjudged.items()]
    if fine:
        findings.append(_fine(fine, context.settings.review.horizon_seconds))
    count = len(findings) + len(fine) - bool(fine)
    return findings, Source(
        "capacity", judged=count > 0, reason="; ".join(notes) or _empty(count), checked=count
    )


def _resources(
    kind: _Kind, history: PrometheusClient, *, now: float, window_seconds: float
) -> list[tuple[Series, Resource]]:
    from codesentinel.analysis.trends.capacity.line import Resource

    totals = {_place(labels): value for labels, value in history.instant(kind.total)}
    chosen: dict[tuple[str, str], Series] = {}
    for series in _history(history, kind.left, now=now, window_seconds=window_seconds):
        if now - float(series.times[-1]) > _GONE_SECONDS:
            continue  # nobody reports it any more
        key = (series.labels.get("instance", ""), series.labels.get("device", ""))
        known = chosen.get(key)  # one device mounted twice is judged once, by its shortest mount point
        if known is None or len(_place(series.labels)[1]) < len(_place(known.labels)[1]):
            chosen[key] = series
    found = []
    for series in chosen.values():
        instance, mountpoint = _place(series.labels)
        subject = f"{mountpoint} on {instance}" if mountpoint else instance
        action = kind.action.format(place=mountpoint)
        total = totals.get((instance, mountpoint))
        found.append((series, Resource(kind.kind, subject, kind.what, action, total)))
    return found


def _history(history: PrometheusClient, query: str, *, now: float, window_seconds: float) -> list[Series]:
    """The query over the window at up to a thousand points; a young history is read in finer steps."""
    series: list[Series] = []
    for share in _SHARES:
        span = window_seconds * share
        step = max(span / _POINTS, _FINEST_STEP_SECONDS)
        series = history.range(query, now - span, now, step)
        if any(len(one) >= _ENOUGH_POINTS for one in series) or step == _FINEST_STEP_SECONDS:
            break
    return series


def _place(labels: Mapping[str, str]) -> tuple[str, str]:
    return labels.get("instance", ""), labels.get("mountpoint", "")


def _fine(names: list[str], horizon_seconds: float) -> Finding:
    return Finding(
        kind="capacity.fine",
        subject="capacity",
        severity=Severity.INFO,
        summary=f"{len(names)} resources judged; none of them is seen to run out "
        f"within {horizon_seconds / 86400:g} days",
        action="nothing to do",
        source="history",
        evidence={"resources": names},
    )


def _empty(count: int) -> str:
    return "" if count else "the history holds no node exporter's metrics yet"
