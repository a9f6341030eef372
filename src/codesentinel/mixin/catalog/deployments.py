"""Deployments: whether each that began ends, and whether what CI runners push arrives and is kept tidy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.rule import Group, ticket
from codesentinel.model.deployment import LATEST_JOB

if TYPE_CHECKING:
    from codesentinel.mixin.timing import Timing

UNFINISHED = "DeploymentUnfinished"
GROUP_STALE = "DeploymentGroupStale"
INGESTION_FAILING = "DeploymentIngestionFailing"

UNFINISHED_SECONDS = 2 * 3600
STALE_SECONDS = 90 * 86400
INGESTION_SECONDS = 600


def deployments(timing: Timing) -> Group:
    """Tickets: a deployment that went wrong is known to whoever made it."""
    return Group(
        "deployments",
        (
            ticket(
                timing,
                UNFINISHED,
                expr=f"time() - codesentinel_deployment_unfinished_timestamp_seconds > {UNFINISHED_SECONDS}",
                summary="A deployment has begun and not ended",
                description=(
                    "Service {{ $labels.service }}: a deployment to {{ $labels.environment }} began "
                    "{{ $value | humanizeDuration }} ago, and nothing tells how it ended."
                ),
            ),
            ticket(
                timing,
                GROUP_STALE,
                expr=f'time() - push_time_seconds{{job="{LATEST_JOB}"}} > {STALE_SECONDS}',
                summary="A service has not been deployed for long, and its pushed metrics remain",
                description=(
                    "Service {{ $labels.service }}: the Pushgateway still shows a deployment to "
                    "{{ $labels.environment }} of {{ $value | humanizeDuration }} ago; a Pushgateway "
                    "forgets nothing by itself."
                ),
            ),
            ticket(
                timing,
                INGESTION_FAILING,
                expr=(
                    f"time() - (codesentinel_deployments_ingest_timestamp_seconds > 0) > {INGESTION_SECONDS}"
                ),
                summary="Deployments that were pushed are not taken into the log",
                description=(
                    "codesentinel {{ $labels.instance }} last read the Pushgateway "
                    "{{ $value | humanizeDuration }} ago; what is pushed waits there."
                ),
            ),
        ),
    )
