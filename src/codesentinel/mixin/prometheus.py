"""Prometheus' configuration: what it scrapes, which rules it reads, whom it tells, where it writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from codesentinel.mixin.remote_write import external_storage, own_storage
from codesentinel.mixin.yaml_text import yaml_text
from codesentinel.model.duration import prometheus_duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from codesentinel.mixin.remote_write import RemoteStorage
    from codesentinel.mixin.timing import Timing

_TIMEOUT_RATIO = 0.8
_LONGEST_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class ScrapeTarget:
    """One address to scrape.

    Attributes:
        job: the ``job`` label; targets of one job stand together.
        address: ``host:port``, which becomes the ``instance`` label.
        labels: put on every sample of the target.
        honor_labels: a label that the sample has already wins over the target's; for a gateway.
        drop_jobs: values of ``job`` whose samples are dropped; they are there for somebody else.
    """

    job: str
    address: str
    labels: Mapping[str, str] = field(default_factory=dict)
    honor_labels: bool = False
    drop_jobs: tuple[str, ...] = ()


def prometheus_config(
    targets: Iterable[ScrapeTarget],
    timing: Timing,
    *,
    scrape_interval_seconds: float,
    rule_files: Sequence[str],
    alertmanager_address: str,
    remote_write_url: str,
    command: str = "codesentinel up",
    remote: RemoteStorage | None = None,
) -> str:
    """The text of ``prometheus.yml``.

    Args:
        targets: in the order in which their jobs are to stand.
        timing: its evaluation interval is taken.
        scrape_interval_seconds: of every job; the timeout is a fifth shorter, and 10 s at most.
        rule_files: paths, which may end in a pattern.
        alertmanager_address: ``host:port``.
        remote_write_url: takes every sample for the long term.
        command: what generates the file.
        remote: takes them as well.

    Raises:
        ValueError: targets of one job disagree on ``honor_labels``.
    """
    timeout = min(_TIMEOUT_RATIO * scrape_interval_seconds, _LONGEST_TIMEOUT_SECONDS)
    return yaml_text(
        {
            "global": {
                "scrape_interval": prometheus_duration(scrape_interval_seconds),
                "scrape_timeout": prometheus_duration(timeout),
                "evaluation_interval": prometheus_duration(timing.evaluation_interval_seconds),
            },
            "rule_files": list(rule_files),
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager_address]}]}]},
            "scrape_configs": _scrape_configs(targets),
            "remote_write": [
                own_storage(remote_write_url),
                *([external_storage(remote)] if remote else []),
            ],
        },
        command=command,
    )


def _scrape_configs(targets: Iterable[ScrapeTarget]) -> list[dict[str, Any]]:
    jobs: dict[str, dict[str, Any]] = {}
    for target in targets:
        job = jobs.setdefault(
            target.job,
            {
                "job_name": target.job,
                "honor_labels": target.honor_labels,
                "static_configs": [],
                **_relabelling(target.drop_jobs),
            },
        )
        if job["honor_labels"] != target.honor_labels:
            raise ValueError(f"the targets of job {target.job} disagree on honor_labels")
        static: dict[str, Any] = {"targets": [target.address]}
        job["static_configs"].append(static | ({"labels": dict(target.labels)} if target.labels else {}))
    return list(jobs.values())


def _relabelling(drop_jobs: tuple[str, ...]) -> dict[str, Any]:
    if not drop_jobs:
        return {}
    rule = {"source_labels": ["job"], "regex": "|".join(drop_jobs), "action": "drop"}
    return {"metric_relabel_configs": [rule]}
