"""``deploy retire``: a service is no longer deployed there, and its series end."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from codesentinel.act.push import delete_group
from codesentinel.capture.pushgateway import pushed_groups
from codesentinel.model.deployment import LATEST_JOB, RETIRE_ACTION, RUN_JOB
from codesentinel.model.deployment_views import Retired
from codesentinel.model.errors import Failed, NoData, Refused
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.deploy.history import DOMAIN, DeployLog
from codesentinel.operations.deploy.ingest import Ingester
from codesentinel.operations.endpoints import endpoints

if TYPE_CHECKING:
    from collections.abc import Callable


@operation("deploy.retire", Effect.DESTRUCTIVE, metadata=asdict)
def retire(
    context: Context,
    *,
    service: str,
    environment: str,
    reason: str = "",
    url: str = "",
    local_only: bool = False,
    confirms: Callable[[str], bool] | None = None,
) -> Retired:
    """Delete the groups of a service in the Pushgateway, and let its series and DORA keys end.

    What waits there is ingested first: the log loses nothing, and keeps every event of the service.

    Args:
        context: where this runs.
        service: which.
        environment: where it was deployed.
        reason: kept in the log.
        url: the Pushgateway; by default that of this workspace.
        local_only: there is no Pushgateway, or it is to keep its groups.
        confirms: asked before anything is done; None where nobody can be asked.

    Raises:
        NoData: nothing was ever deployed there.
        Refused: nobody confirmed.
        Unreachable, BadAnswer: the Pushgateway did not do its part; nothing was retired.
        Failed: the log did not take it.
    """
    server = url or endpoints(context).pushgateway
    timeout = context.settings.sources.timeout_seconds
    if not local_only:
        Ingester(context, server).run()
    log = DeployLog(context)
    log.catch_up()
    count = sum(d.target == (service, environment) for d in log.ledger.deployments.values())
    groups = (
        []
        if local_only
        else [
            group.key
            for group in pushed_groups(server, timeout_seconds=timeout)
            if group.key.get("job") in (LATEST_JOB, RUN_JOB)
            and (group.key.get("service"), group.key.get("environment")) == (service, environment)
        ]
    )
    if not count and not groups:
        raise NoData(f"no deployment of {service} to {environment} is known", hint="codesentinel deploy list")
    question = f"retire {service} in {environment}: {count} deployments, {len(groups)} groups pushed?"
    if confirms is None or not confirms(question):
        raise Refused(f"not confirmed: {question}", hint="repeat it with --yes")
    facts = {"service": service, "environment": environment, "reason": reason}
    if not context.memory.log_domain_activity(
        DOMAIN, {"action": RETIRE_ACTION, "metadata": facts}, durable=True
    ):
        raise Failed("the log did not take it, and nothing was deleted", hint="see the warning above")
    for key in groups:
        delete_group(server, key, timeout_seconds=timeout)
    return Retired(service, environment, count, len(groups))
