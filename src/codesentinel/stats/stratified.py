"""Cochran, Mantel and Haenszel: whether two versions differ, strata apart, looked at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.stats.two_versions import Stratum


class Fixed(NamedTuple):
    """The test of one look, and the common odds ratio of failing, after to before; None where undefined."""

    p_value: float | None
    odds_ratio: float | None


def cochran_mantel_haenszel(strata: Sequence[Stratum]) -> Fixed:
    """The chance of as large a difference where there is none, of ONE look at a number of runs fixed before.

    Mantel and Haenszel (1959), without continuity correction; agrees with statsmodels' ``StratifiedTable``.
    """
    gap = variance = upper = lower = 0.0
    for failed_before, before, failed_after, after in strata:
        runs, failed = before + after, failed_before + failed_after
        if runs < 2:
            continue
        gap += failed_after - after * failed / runs
        variance += before * after * failed * (runs - failed) / (runs * runs * (runs - 1))
        upper += failed_after * (before - failed_before) / runs
        lower += failed_before * (after - failed_after) / runs
    p_value = math.erfc(abs(gap) / math.sqrt(2 * variance)) if variance > 0 else None
    return Fixed(p_value, upper / lower if lower > 0 else None)
