"""Hosts, as the node exporter sees them: file systems, memory, and what they suffer from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.catalog.host_causes import cause_alerts
from codesentinel.mixin.catalog.host_filling import filling_alerts
from codesentinel.mixin.catalog.host_memory import memory_alerts
from codesentinel.mixin.catalog.host_series import host_recordings
from codesentinel.mixin.rule import Group

if TYPE_CHECKING:
    from codesentinel.mixin.timing import Timing


def hosts(timing: Timing) -> Group:
    """What is recorded of hosts, and the alerts on it."""
    return Group(
        "hosts",
        (
            *host_recordings(timing),
            *filling_alerts(timing),
            *memory_alerts(timing),
            *cause_alerts(timing),
        ),
    )
