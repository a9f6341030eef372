"""``alerts check``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.operations.base import Context, operation
from codesentinel.operations.checks.inputs import Choice
from codesentinel.operations.checks.verdict import Kind, checked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.model.problem import Checked

FOLDERS = ("infrastructure/prometheus", "infrastructure/alertmanager")
_USUAL = Choice()


@operation("alerts.check", metadata=lambda done: {"files": len(done.files), **done.counts})
def check_alerts(context: Context, paths: Sequence[str] = (), choice: Choice = _USUAL) -> Checked:
    """Check rules and the routing of alerts, and run their expressions against a server.

    Raises:
        UsageError: a path does not exist, or no check has such a name.
        ConfigurationError: the list of suppressions is wrong.
        NoData: there is no rule file.
        Unreachable: the server does not answer; without it, say so with ``choice.offline``.
        NotInstalled: the extra is missing.
    """
    from codesentinel.mixin.checks.base import Subject

    return checked(context, paths, Kind(FOLDERS, (".yml", ".yaml"), (Subject.RULES, Subject.ROUTING)), choice)
