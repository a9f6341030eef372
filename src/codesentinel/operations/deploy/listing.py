"""``deploy list``: the deployments of a window, newest first, and the DORA keys."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from codesentinel.analysis.deployments.attention import deployment_findings
from codesentinel.analysis.deployments.dora import dora
from codesentinel.model.deployment_views import Deployments
from codesentinel.model.errors import UsageError
from codesentinel.model.report import Source
from codesentinel.operations.base import Context, operation
from codesentinel.operations.deploy.history import DeployLog

if TYPE_CHECKING:
    from codesentinel.model.deployment import Deployment
    from codesentinel.model.finding import Finding

WINDOW_SECONDS = 30 * 86400.0


@operation("deploy.list", metadata=lambda found: {"deployments": found.total})
def deployments(
    context: Context,
    *,
    service: str = "",
    environment: str = "",
    since: float | None = None,
    limit: int = 50,
) -> Deployments:
    """Those that began or ended since a moment (epoch seconds; by default 30 days ago).

    Raises:
        UsageError: the window lies in the future.
    """
    now = time.time()
    begin = since if since is not None else now - WINDOW_SECONDS
    if begin >= now:
        raise UsageError("the window begins in the future", hint="give --since a time that has passed")
    log = DeployLog(context)
    log.catch_up()

    def wanted(target: tuple[str, str]) -> bool:
        return (not service or target[0] == service) and (not environment or target[1] == environment)

    found = [d for d in log.ledger.deployments.values() if wanted(d.target) and _moment(d) >= begin]
    found.sort(key=_moment, reverse=True)
    keys = [one for one in dora(log.ledger, since=begin, until=now) if wanted((one.service, one.environment))]
    shown = found[:limit] if limit else found
    return Deployments(tuple(shown), len(found), tuple(keys), begin, now, log.notes)


def recent_trouble(context: Context, now: float) -> tuple[list[Finding], Source]:
    """What ``review`` says of deployments."""
    log = DeployLog(context)
    log.catch_up()
    count = len(log.ledger.deployments)
    if not count:
        return [], Source("deployments", judged=False, reason="no deployment is on record")
    return deployment_findings(log.ledger, now), Source("deployments", judged=True, checked=count)


def _moment(deployment: Deployment) -> float:
    return deployment.finished_at or deployment.started_at or 0.0
