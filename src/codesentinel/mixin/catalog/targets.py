"""Targets: whether what is to be scraped answers at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.rule import Alert, Group
from codesentinel.model.finding import Severity

if TYPE_CHECKING:
    from codesentinel.mixin.timing import Timing

TARGET_DOWN = "TargetDown"

UP = """\
(
  up{service!=""}
  or label_replace(up{service=""}, "service", "$1", "job", "(.+)")
)"""
"""``up`` with a ``service`` on every series: where the scrape names none, the job's name is taken."""


def targets(timing: Timing) -> Group:
    """A job without any target that answers pages; a single target that does not is a ticket."""
    return Group(
        "targets",
        (
            Alert(
                TARGET_DOWN,
                Severity.P1,
                expr=f"sum by (job, service, environment) {UP} == 0",
                for_seconds=timing.page_for_seconds,
                keep_firing_for_seconds=timing.rate_window_seconds,
                summary="No target of a job answers its scrapes",
                description=(
                    "Service {{ $labels.service }}: not one target of job {{ $labels.job }} answers, so the "
                    "service is down or cannot be reached, and nothing else about it is known."
                ),
            ),
            Alert(
                TARGET_DOWN,
                Severity.P2,
                expr=f"{UP} == 0",
                for_seconds=timing.ticket_for_seconds,
                keep_firing_for_seconds=timing.rate_window_seconds,
                summary="A target does not answer its scrapes",
                description=(
                    "Service {{ $labels.service }}: the target {{ $labels.instance }} of job "
                    "{{ $labels.job }} does not answer; it is down or cannot be reached."
                ),
            ),
        ),
    )
