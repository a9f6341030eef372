"""How fast an error budget may burn, as data.

After The Site Reliability Workbook (Beyer et al., O'Reilly 2018), chapter 5 "Alerting on SLOs", section
"Multiwindow, Multi-Burn-Rate Alerts": an alert wants the share of the budget that a long window burns to
be high, and a short window of a twelfth of it to say that it still burns, so that it ends soon after its
cause does. With 30 days the factors are the book's: 14.4 and 6 page, 3 and 1 are tickets.
"""

from __future__ import annotations

from dataclasses import dataclass

from codesentinel.model.finding import Severity

_HOUR = 3600.0
_DAY = 24 * _HOUR


@dataclass(frozen=True, slots=True)
class BurnWindow:
    """An alert is due when ``budget_share`` of the period's budget would burn within the long window."""

    severity: Severity
    long_seconds: float
    short_seconds: float
    budget_share: float

    def factor(self, period_seconds: float) -> float:
        """How many times faster than allowed it burns then."""
        return self.budget_share * period_seconds / self.long_seconds


BURN_WINDOWS = (
    BurnWindow(Severity.P1, _HOUR, _HOUR / 12, 0.02),
    BurnWindow(Severity.P1, 6 * _HOUR, _HOUR / 2, 0.05),
    BurnWindow(Severity.P2, _DAY, 2 * _HOUR, 0.1),
    BurnWindow(Severity.P2, 3 * _DAY, 6 * _HOUR, 0.1),
)

WINDOWS_SECONDS = tuple(sorted({s for w in BURN_WINDOWS for s in (w.long_seconds, w.short_seconds)}))
"""Every window that an error ratio is recorded over, the shortest first: rates are taken over that one."""
