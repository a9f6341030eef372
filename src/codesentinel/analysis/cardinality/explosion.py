"""Findings: labels with too many values, metrics with too many series, jobs that make ever new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.analysis.cardinality.patterns import recognised
from codesentinel.model.finding import Finding, Severity
from codesentinel.model.samples import NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codesentinel.model.cardinality import Churn, HeadStatus, LabelUse, Limits

_LOOK = "codesentinel metrics cardinality"
_NAMES = 10
"""So many times more names of metrics than values of another label are still no explosion."""
_SAMPLE = 3


def size_findings(status: HeadStatus, uses: Mapping[str, LabelUse], limits: Limits) -> list[Finding]:
    """On labels and metrics; ``uses`` by label, for those that were looked at closer."""
    labels = [
        _label(name, values, uses.get(name), status, limits)
        for name, values in status.labels
        if values > limits.label_values * (_NAMES if name == NAME else 1)
    ]
    explained = {use.metric for use in uses.values()}
    metrics = [
        _metric(name, series, status, limits)
        for name, series in status.metrics
        if series > limits.metric_series and name not in explained
    ]
    return labels + metrics


def churn_findings(jobs: Iterable[Churn], status: HeadStatus, limits: Limits) -> list[Finding]:
    """On jobs that replaced all their series several times within the last hour."""
    return [
        _churning(job, status)
        for job in jobs
        if job.made_last_hour > limits.churn_series and job.made_last_hour > limits.churn_ratio * job.active
    ]


def exploding_labels(status: HeadStatus, limits: Limits) -> list[str]:
    """Those worth a closer look."""
    return [name for name, values in status.labels if values > limits.label_values and name != NAME]


def _label(name: str, values: int, use: LabelUse | None, status: HeadStatus, limits: Limits) -> Finding:
    known = recognised(use.sample) if use else None
    evidence: dict[str, object] = {"label": name, "values": values, "limit": limits.label_values}
    evidence["server"] = status.server
    summary = f"The label {name} has {values} values"
    action = f"look where it is used: {_LOOK}"
    if use:
        evidence |= {"metric": use.metric, "values_in_metric": use.values, "sample": use.sample[:_SAMPLE]}
        evidence["metric_relabel_configs"] = _snippet(use.metric)
        summary += f", {use.values} of them in {use.metric}"
        action = (
            f"find out what {name} is for; to stop it at once, drop {use.metric} (metric_relabel_configs)"
        )
    if known:
        pattern, share = known
        evidence |= {"pattern": pattern.name, "share_of_sample": share}
        summary += f"; they look like {pattern.name}"
        action = pattern.mend
    return Finding(
        kind="cardinality.label",
        subject=name,
        severity=Severity.P2,
        summary=summary,
        action=action,
        source="cardinality",
        evidence=evidence,
        confidence=known[1] if known else None,
    )


def _metric(name: str, series: int, status: HeadStatus, limits: Limits) -> Finding:
    share = series / status.series if status.series else 0.0
    return Finding(
        kind="cardinality.metric",
        subject=name,
        severity=Severity.P2,
        summary=f"The metric {name} has {series} series, {share:.0%} of all",
        action="leave out labels or buckets that nobody looks at, or keep a recorded sum and drop the rest",
        source="cardinality",
        evidence={
            "metric": name,
            "series": series,
            "share": share,
            "limit": limits.metric_series,
            "server": status.server,
            "metric_relabel_configs": _snippet(name),
        },
    )


def _churning(job: Churn, status: HeadStatus) -> Finding:
    return Finding(
        kind="cardinality.churn",
        subject=job.job,
        severity=Severity.P2,
        summary=(
            f"The job {job.job} has {job.active} series, and made {job.made_last_hour} new ones"
            " within the last hour"
        ),
        action="look for a label that changes with each restart, request or deployment",
        source="cardinality",
        evidence={**job._asdict(), "server": status.server},
    )


def _snippet(metric: str) -> str:
    """What stops a metric at the scrape. To drop a label alone would let series collide, and lose samples."""
    return f"- source_labels: [{NAME}]\n  regex: {metric}\n  action: drop\n"
