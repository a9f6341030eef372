"""Calamum: guards that did not hold when codesentinel was attacked, and attacks that are made no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.rule import Group, ticket

if TYPE_CHECKING:
    from codesentinel.mixin.timing import Timing

CALAMUM_FAILED = "CalamumFailed"
CALAMUM_STALE = "CalamumStale"

CASES = "codesentinel_calamum_cases"
LAST_RUN = "codesentinel_calamum_last_run_timestamp_seconds"
REGULAR = 'target!~"pid|cmd"'
"""Targets that are attacked each night; a process of the user's is watched when somebody wants it."""

_STALE_SECONDS = 2 * 86400


def calamum(timing: Timing) -> Group:
    """Tickets. Where calamum never ran there is no series, and so no alert: nobody has asked for it there."""
    return Group(
        "calamum",
        (
            ticket(
                timing,
                CALAMUM_FAILED,
                expr=f'sum by (target) ({CASES}{{outcome=~"failed|broken"}}) > 0',
                for_seconds=timing.ticket_for_seconds,
                summary="A guard of codesentinel did not hold",
                description=(
                    "Target {{ $labels.target }}: {{ $value }} cases of the last attack by calamum did not "
                    "hold. What codesentinel says or does there cannot be relied on."
                ),
            ),
            ticket(
                timing,
                CALAMUM_STALE,
                expr=f"time() - max by (target) ({LAST_RUN}{{{REGULAR}}}) > {_STALE_SECONDS}",
                for_seconds=timing.ticket_for_seconds,
                summary="codesentinel is not attacked any more",
                description=(
                    "Target {{ $labels.target }}: calamum attacked it {{ $value | humanizeDuration }} ago. "
                    "The nightly run does not run, or its record does not arrive."
                ),
            ),
        ),
        interval_seconds=timing.trends_interval_seconds,
    )
