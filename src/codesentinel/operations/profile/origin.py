"""Which service, host and revision a profile is of, and which process a service is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from codesentinel.capture.revision import revision as revision_of
from codesentinel.model.deployment import SUCCESS
from codesentinel.model.errors import NoSuchProcess, UsageError
from codesentinel.model.profile import Origin
from codesentinel.operations.deploy.history import DeployLog
from codesentinel.operations.stack import running_state

if TYPE_CHECKING:
    from codesentinel.model.deployment import Deployment
    from codesentinel.operations.base import Context

_LONGEST_NAME = 200


def origin(context: Context, service: str, host: str, revision: str) -> Origin:
    """The labels; the host is this one, the revision the last deployed one of the service, else git's.

    Raises:
        UsageError: one of them is no name.
    """
    for what, name in (("service", service), ("host", host), ("revision", revision)):
        if not name.isprintable() or len(name) > _LONGEST_NAME:
            raise UsageError(f"not a name of a {what}: {name!r}")
    known = revision or _deployed(context, service) or revision_of(str(context.root), os.environ).commit
    return Origin(service, host or os.uname().nodename, known)


def deployments(context: Context, service: str) -> list[Deployment]:
    """Those of the service that have ended, the oldest first."""
    log = DeployLog(context)
    log.catch_up()
    ended = [d for d in log.ledger.deployments.values() if d.service == service and d.finished_at is not None]
    return sorted(ended, key=lambda one: one.finished_at or 0.0)


def process_of(context: Context, service: str) -> int:
    """The process id of a service of the stack that runs here.

    Raises:
        NoSuchProcess: there is none of that name.
    """
    state = running_state(context)
    for one in state.services if state else ():
        if one.name == service and one.pid:
            return one.pid
    raise NoSuchProcess(f"no service {service} runs in the stack of this workspace", hint="give its --pid")


def _deployed(context: Context, service: str) -> str:
    if not service:
        return ""
    good = [one for one in deployments(context, service) if one.status == SUCCESS and one.revision]
    return good[-1].revision if good else ""
