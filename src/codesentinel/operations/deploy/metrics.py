"""What ``/metrics`` shows of deployments, made from the log."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from prometheus_client import Counter, Gauge, Histogram

from codesentinel.analysis.deployments.ledger import Change, Retirement
from codesentinel.model.deployment import FINAL
from codesentinel.operations.deploy.history import DeployLog

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics import MetricWrapperBase

    from codesentinel.operations.base import Context

_WHERE = ("service", "environment")
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_DURATION_BUCKETS = (10, 30, *(_MINUTE * n for n in (1, 2, 5, 10, 20, 30)), _HOUR, 2 * _HOUR)
_LEAD_BUCKETS = (*(_HOUR * n for n in (0.25, 0.5, 1, 2, 4, 8, 16)), *(_DAY * n for n in (1, 2, 4, 7, 14, 30)))
_RECOVERY_BUCKETS = (*(_MINUTE * n for n in (5, 15, 30)), *(_HOUR * n for n in (1, 2, 4, 8)), _DAY, 7 * _DAY)


class DeploymentMetrics:
    """The metrics from which the DORA keys are read.

    ``increase()`` cannot see the first value of a series. So a series that is born while we run is shown
    with 0 once, and with what it counted from the next time on.
    """

    def __init__(self, context: Context, registry: CollectorRegistry) -> None:
        self._log = DeployLog(context)
        self._born: set[tuple[str, str]] = set()
        self._waiting: list[Change] = []
        self._latest_at: dict[tuple[str, str, str], float] = {}
        self._has_caught_up = False
        self._ended = Counter(
            "codesentinel_deployments",
            "Deployments that ended; one that was judged anew counts with both its ends.",
            (*_WHERE, "status"),
            registry=registry,
        )
        self._rejudged = Counter(
            "codesentinel_deployments_rejudged",
            "Deployments that had succeeded and were found to have failed.",
            _WHERE,
            registry=registry,
        )
        self._unfinished = Gauge(
            "codesentinel_deployment_unfinished_timestamp_seconds",
            "When the oldest deployment that has not ended began.",
            _WHERE,
            registry=registry,
        )
        self._latest = Gauge(
            "codesentinel_deployment_timestamp_seconds",
            "When the latest deployment with this end ended.",
            (*_WHERE, "status"),
            registry=registry,
        )
        self._duration, self._lead, self._recovery = (
            Histogram(
                f"codesentinel_deployment_{name}_seconds", text, _WHERE, buckets=buckets, registry=registry
            )
            for name, text, buckets in (
                ("duration", "From the start of a deployment to its end.", _DURATION_BUCKETS),
                ("lead_time", "From a commit to the first success of its deployment.", _LEAD_BUCKETS),
                ("recovery", "From a failed deployment to the next that succeeded.", _RECOVERY_BUCKETS),
            )
        )

    def catch_up(self) -> None:
        """Count what the log gained since the last time."""
        late, self._waiting = self._waiting, []
        for waited in late:
            self._count(waited)
        for change in self._log.catch_up():
            if isinstance(change, Retirement):
                self._forget((change.service, change.environment))
            elif self._has_caught_up and self._is_born(change.deployment.target):
                self._waiting.append(change)
            else:
                self._count(change)
        self._has_caught_up = True
        self._show_unfinished()

    def _is_born(self, target: tuple[str, str]) -> bool:
        """Whether the series of the target were shown already; if not they are, with 0."""
        waits = any(change.deployment.target == target for change in self._waiting)
        if target in self._born:
            return waits
        self._give_birth(target)
        return True

    def _give_birth(self, target: tuple[str, str]) -> None:
        self._born.add(target)
        for status in FINAL:
            self._ended.labels(*target, status)
        for metric in (self._rejudged, self._duration, self._lead, self._recovery):
            metric.labels(*target)

    def _count(self, change: Change) -> None:
        deployment, before = change.deployment, change.before
        target = deployment.target
        if target not in self._born:
            self._give_birth(target)
        for seconds in change.recoveries:
            self._recovery.labels(*target).observe(seconds)
        if not deployment.is_final or (before is not None and before.status == deployment.status):
            return
        self._ended.labels(*target, deployment.status).inc()
        if deployment.finished_at is not None:
            key = (*target, deployment.status)
            self._latest_at[key] = max(self._latest_at.get(key, 0.0), deployment.finished_at)
            self._latest.labels(*key).set(self._latest_at[key])
        if before is not None and before.is_final:
            self._rejudged.labels(*target).inc()
            return
        if deployment.duration_seconds is not None:
            self._duration.labels(*target).observe(deployment.duration_seconds)
        if change.first_of_revision and deployment.lead_seconds is not None:
            self._lead.labels(*target).observe(deployment.lead_seconds)

    def _show_unfinished(self) -> None:
        self._unfinished.clear()
        began: dict[tuple[str, str], float] = {}
        for deployment in self._log.ledger.deployments.values():
            if not deployment.is_final and deployment.started_at is not None:
                target = deployment.target
                began[target] = min(began.get(target, deployment.started_at), deployment.started_at)
        for target, moment in began.items():
            self._unfinished.labels(*target).set(moment)

    def _forget(self, target: tuple[str, str]) -> None:
        self._born.discard(target)
        self._waiting = [change for change in self._waiting if change.deployment.target != target]
        for metric in (self._rejudged, self._duration, self._lead, self._recovery):
            _remove(metric, target)
        for status in FINAL:
            self._latest_at.pop((*target, status), None)
            _remove(self._ended, (*target, status))
            _remove(self._latest, (*target, status))


def _remove(metric: MetricWrapperBase, labels: tuple[str, ...]) -> None:
    with contextlib.suppress(KeyError):  # never shown
        metric.remove(*labels)
