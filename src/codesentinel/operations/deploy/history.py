"""The deployments of this workspace, as its log tells them, archives included."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codesentinel.analysis.deployments.ledger import Change, Ledger, Retirement
from codesentinel.model.deployment import FINISH_ACTION, START_ACTION, Deployment
from codesentinel.model.errors import LogUnwritable
from codesentinel.store.archive_read import archive_lines, is_readable, segments
from codesentinel.store.follow import Follower

if TYPE_CHECKING:
    from codesentinel.operations.base import Context

DOMAIN = "deploy"


class DeployLog:
    """The ledger and the log it is made from."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._follower = Follower(context.memory.path(DOMAIN))
        self.ledger = Ledger()
        self.notes: tuple[str, ...] = ()
        self._began = False

    def catch_up(self) -> list[Change | Retirement]:
        """Read what the log gained; what that changed."""
        changes: list[Change | Retirement] = []
        if not self._began:
            self._began = True
            changes += self._read_archives()
        for read in self._follower:
            changed = self.ledger.take(read.event) if read.event is not None else None
            if changed is not None:
                changes.append(changed)
        return changes

    def write(self, deployment: Deployment, *, duration_seconds: float = 0.0) -> None:
        """Append how a deployment stands; the ledger learns of it when it next catches up.

        Raises:
            LogUnwritable: it is not recorded.
        """
        written = self._context.memory.log_domain_activity(
            DOMAIN,
            {
                "action": FINISH_ACTION if deployment.is_final else START_ACTION,
                "success": not deployment.has_failed,
                "duration_ms": round(1000 * (deployment.duration_seconds or duration_seconds), 3),
                "metadata": deployment.as_document(),
            },
            durable=True,
        )
        if not written:
            raise LogUnwritable(
                f"the deployment {deployment.id} is not recorded", hint="see the warning above, and try again"
            )

    def _read_archives(self) -> list[Change | Retirement]:
        root = str(self._context.root)
        archives = segments(root, DOMAIN)
        if archives and not is_readable():
            self.notes = ("archived deployments are left out: pip install 'codesentinel[archive]'",)
            return []
        found = [self._take(line) for path in archives for line in archive_lines(f"{root}/{path}")]
        return [change for change in found if change is not None]

    def _take(self, line: bytes) -> Change | Retirement | None:
        try:
            event: Any = json.loads(line)
        except ValueError:
            return None
        return self.ledger.take(event) if isinstance(event, dict) else None
