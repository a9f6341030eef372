"""Many series at once: what each may be named for, so that few of all that is named is chance.

By itself a series without any rhythm is given one in four of a thousand cases; among ten thousand that would
be forty, each with a schedule. So the share of false ones among all rhythms named is controlled (Benjamini
and Hochberg 1995, J. R. Stat. Soc. B 57, 289-300, which also holds where tests of different series go
together: Benjamini and Yekutieli 2001, Ann. Statist. 29, 1165-1188, theorem 1.2). Where most series have a
rhythm nothing changes; where hardly any has, a weak one is no longer named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.stats.false_discovery import adjusted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.model.seasonality import SeasonalSeries

FALSE_SHARE = 0.01
"""Expected share of false ones among the rhythms that are named, over all series together."""
_TESTS_OF_A_SERIES = 2
"""The calendar's periods, and all others; p-values are corrected within each already."""


def largest_p_value(judged: Sequence[SeasonalSeries]) -> float:
    """Up to which p-value a rhythm is named; 0.0 where none is to be."""
    tests = _TESTS_OF_A_SERIES * sum(not one.reason for one in judged)
    found = sorted(rhythm.p_value for one in judged for rhythm in one.periods)
    named = zip(found, adjusted(found, asked=tests), strict=True)
    return max((p for p, share in named if share <= FALSE_SHARE), default=0.0)


def too_weak(one: SeasonalSeries, largest: float) -> int:
    """How many of its rhythms are not to be named."""
    return sum(rhythm.p_value > largest for rhythm in one.periods)
