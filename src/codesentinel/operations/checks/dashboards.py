"""``dashboards check``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.operations.base import Context, operation
from codesentinel.operations.checks.inputs import Choice
from codesentinel.operations.checks.verdict import Kind, checked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.model.problem import Checked

FOLDERS = ("infrastructure/grafana/dashboards",)
_USUAL = Choice()


@operation("dashboards.check", metadata=lambda done: {"files": len(done.files), **done.counts})
def check_dashboards(context: Context, paths: Sequence[str] = (), choice: Choice = _USUAL) -> Checked:
    """Check Grafana dashboards, and run their queries against a server.

    Raises:
        UsageError: a path does not exist, or no check has such a name.
        ConfigurationError: the list of suppressions is wrong.
        NoData: there is no dashboard.
        Unreachable: the server does not answer; without it, say so with ``choice.offline``.
        NotInstalled: the extra is missing.
    """
    from codesentinel.mixin.checks.base import Subject

    return checked(context, paths, Kind(FOLDERS, (".json",), (Subject.DASHBOARD,)), choice)
