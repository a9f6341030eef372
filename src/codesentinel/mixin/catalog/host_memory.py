"""Memory that work has to wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.catalog.host_series import MEMORY, STALLED, WAITING
from codesentinel.mixin.rule import Alert
from codesentinel.model.finding import Severity

if TYPE_CHECKING:
    from codesentinel.mixin.timing import Timing

MEMORY_PRESSURE = "HostMemoryPressure"

_PRESSURE_RATIO = 0.05
"""Share of the time in which some work (P2) or all of it (P1) waits for memory."""


def memory_alerts(timing: Timing) -> tuple[Alert, Alert]:
    """Little memory is left and work waits for it, or almost none is left.

    Pressure alone does not count: a container that reclaims below its own limit raises it on a host
    with memory to spare. Little memory alone does not either, on a host that does well with it. The
    second half serves kernels that do not measure pressure.
    """

    def alert(
        severity: Severity,
        summary: str,
        *,
        low_ratio: float,
        pressure: str,
        bottom_ratio: float,
        for_seconds: float,
    ) -> Alert:
        return Alert(
            MEMORY_PRESSURE,
            severity,
            expr=(
                f"(\n  {MEMORY} < {low_ratio}\n  and {pressure} > {_PRESSURE_RATIO}\n)\n"
                f"or {MEMORY} < {bottom_ratio}"
            ),
            for_seconds=for_seconds,
            keep_firing_for_seconds=timing.rate_window_seconds,
            summary=summary,
            description=(
                "{{ $labels.instance }} has {{ $value | humanizePercentage }} of its memory available, and "
                f"work waits for memory, or less than {bottom_ratio:.0%} is left."
            ),
        )

    return (
        alert(
            Severity.P1,
            "A host stands still for want of memory",
            low_ratio=0.05,
            pressure=STALLED,
            bottom_ratio=0.02,
            for_seconds=timing.page_for_seconds,
        ),
        alert(
            Severity.P2,
            "A host runs short of memory",
            low_ratio=0.1,
            pressure=WAITING,
            bottom_ratio=0.05,
            for_seconds=timing.ticket_for_seconds,
        ),
    )
