"""File systems that run out of space or inodes soon, by their trend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.catalog.host_series import INODES, SPACE
from codesentinel.mixin.rule import Alert
from codesentinel.model.duration import prometheus_duration
from codesentinel.model.finding import Severity

if TYPE_CHECKING:
    from codesentinel.mixin.timing import Timing

DISK_FULL_SOON = "HostDiskFullSoon"
INODES_USED_UP_SOON = "HostInodesUsedUpSoon"

_PAGE_HORIZON_WINDOWS = 1
_TICKET_HORIZON_WINDOWS = 4
"""A line is drawn at most four times as far into the future as it was followed in the past."""


def filling_alerts(timing: Timing) -> tuple[Alert, ...]:
    """A pair for space and a pair for inodes."""
    return (
        *_filling_alerts(timing, DISK_FULL_SOON, SPACE, "node_filesystem_avail_bytes", "space"),
        *_filling_alerts(timing, INODES_USED_UP_SOON, INODES, "node_filesystem_files_free", "inodes"),
    )


def _filling_alerts(timing: Timing, name: str, ratio: str, left: str, what: str) -> tuple[Alert, Alert]:
    """Little is left and the trend reaches nothing within the horizon, or almost nothing is left."""
    window = prometheus_duration(timing.host_window_seconds)

    def alert(
        severity: Severity, *, low_ratio: float, bottom_ratio: float, horizon_windows: int, for_seconds: float
    ) -> Alert:
        horizon_seconds = horizon_windows * timing.host_window_seconds
        horizon = prometheus_duration(horizon_seconds)
        return Alert(
            name,
            severity,
            expr=(
                f"(\n  {ratio} < {low_ratio}\n"
                f"  and predict_linear({left}[{window}], {horizon_seconds:g}) <= 0\n)\n"
                f"or {ratio} < {bottom_ratio}"
            ),
            for_seconds=for_seconds,
            keep_firing_for_seconds=timing.rate_window_seconds,
            summary=f"A file system runs out of {what} within {horizon}",
            description=(
                f"{{{{ $labels.mountpoint }}}} on {{{{ $labels.instance }}}} has "
                f"{{{{ $value | humanizePercentage }}}} of its {what} left, and at the pace of the last "
                f"{window} none within {horizon}, or less than {bottom_ratio:.0%} already."
            ),
        )

    return (
        alert(
            Severity.P1,
            low_ratio=0.1,
            bottom_ratio=0.03,
            horizon_windows=_PAGE_HORIZON_WINDOWS,
            for_seconds=timing.page_for_seconds,
        ),
        alert(
            Severity.P2,
            low_ratio=0.2,
            bottom_ratio=0.05,
            horizon_windows=_TICKET_HORIZON_WINDOWS,
            for_seconds=timing.ticket_for_seconds,
        ),
    )
