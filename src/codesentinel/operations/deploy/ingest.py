"""``deploy ingest``: what was pushed to a Pushgateway goes into the log, each deployment once.

The log says what was ingested, so a restart of either side repeats nothing. A group is deleted once its
deployment has ended and is in the log, never before: being cut off in between costs a second look.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from codesentinel.act.push import delete_group
from codesentinel.act.single import only_one
from codesentinel.capture.pushgateway import pushed_groups
from codesentinel.model.deployment import RUN_JOB
from codesentinel.model.deployment_views import Ingested
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.deploy.history import DeployLog
from codesentinel.operations.endpoints import endpoints

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.capture.pushgateway import Group

LOST_SECONDS = 7 * 86400.0
"""A deployment that was begun so long ago and not told of since will not end; its group goes."""


class Ingester:
    """Ingests again and again, and reads of the log only what is new.

    Args:
        context: where the log is.
        url: the Pushgateway; empty for the one of this workspace.
    """

    def __init__(self, context: Context, url: str = "") -> None:
        self._context = context
        self._log = DeployLog(context)
        self._url = url

    def run(self) -> Ingested:
        """Look once.

        Raises:
            Unreachable, BadAnswer: the Pushgateway did not do its part.
            LogUnwritable: nothing was deleted that is not on record.
            AlreadyRunning: somebody else ingests into this workspace at this moment.
        """
        url = self._url or endpoints(self._context).pushgateway
        timeout = self._context.settings.sources.timeout_seconds
        recorded = deleted = waiting = 0
        with only_one(
            self._context.state_dir / "deploy-ingest.lock", "deployments are being ingested already"
        ):
            groups = pushed_groups(url, timeout_seconds=timeout)
            self._log.catch_up()
            for group in sorted(groups, key=lambda group: group.pushed_at):
                recorded += self._record(group)
                if group.key.get("job") != RUN_JOB:
                    continue
                if _is_over(group):
                    delete_group(url, group.key, timeout_seconds=timeout)
                    deleted += 1
                else:
                    waiting += 1
        return Ingested(recorded, deleted, waiting)

    def _record(self, group: Group) -> int:
        deployment = group.deployment
        if deployment is None or self._log.ledger.knows(deployment):
            return 0
        if deployment.is_final and deployment.finished_at is None:
            deployment = deployment.but(finished_at=group.pushed_at)
        if not deployment.is_final and deployment.started_at is None:
            deployment = deployment.but(started_at=group.pushed_at)
        self._log.write(deployment)
        self._log.catch_up()
        return 1


def _is_over(group: Group) -> bool:
    """Whether the group has served: what it tells is final, or nobody will tell the end any more."""
    if group.deployment is not None and group.deployment.is_final:
        return True
    return time.time() - group.pushed_at > LOST_SECONDS


def _facts(ingested: Ingested) -> Mapping[str, object]:
    return asdict(ingested)


@operation("deploy.ingest", Effect.WRITE, metadata=_facts)
def ingest(context: Context, *, url: str = "") -> Ingested:
    """Look once; for a workspace in which no ``codesentinel up`` does so by itself.

    Raises:
        Unreachable, BadAnswer: the Pushgateway did not do its part.
        LogUnwritable: it could not be recorded.
        AlreadyRunning: somebody else is at it.
    """
    return Ingester(context, url).run()
