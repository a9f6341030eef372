"""The four DORA keys of each service and environment.

DORA, "Accelerate State of DevOps Report" (2023): deployment frequency, change lead time, change failure
rate, failed deployment recovery time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.deployment import ABORTED, SUCCESS
from codesentinel.model.deployment_views import DoraKeys
from codesentinel.stats.median import median_interval
from codesentinel.stats.proportion import proportion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.analysis.deployments.ledger import Ledger
    from codesentinel.model.deployment import Deployment

_WEEK_SECONDS = 7 * 86400.0


def dora(ledger: Ledger, *, since: float, until: float) -> list[DoraKeys]:
    """The keys of all that ended in ``since`` <= end < ``until`` (epoch seconds)."""
    groups: dict[tuple[str, str], list[Deployment]] = {}
    released: set[tuple[str, str, str]] = set()
    first: set[str] = set()
    for deployment in ledger.settled():
        key = (*deployment.target, deployment.revision)
        if deployment.status == SUCCESS and (not deployment.revision or key not in released):
            released.add(key)
            first.add(deployment.id)
        if since <= (deployment.finished_at or 0.0) < until and deployment.status != ABORTED:
            groups.setdefault(deployment.target, []).append(deployment)
    recovery = ledger.recovery_seconds()
    weeks = (until - since) / _WEEK_SECONDS
    return [_keys(groups[target], first, recovery, weeks) for target in sorted(groups)]


def _keys(
    deployments: Sequence[Deployment], first: set[str], recovery: dict[str, float | None], weeks: float
) -> DoraKeys:
    failed = [d for d in deployments if d.has_failed]
    leads = [d.lead_seconds for d in deployments if d.id in first and d.lead_seconds is not None]
    times = [recovery[d.id] for d in failed]
    known = [seconds for seconds in times if seconds is not None]
    service, environment = deployments[0].target
    succeeded = len(deployments) - len(failed)
    return DoraKeys(
        service=service,
        environment=environment,
        deployments=len(deployments),
        succeeded=succeeded,
        failed=len(failed),
        per_week=succeeded / weeks,
        lead_seconds=median_interval(leads),
        fail_ratio=proportion(len(failed), len(deployments)),
        recovery_seconds=median_interval(known),
        unrecovered=len(times) - len(known),
    )
