"""Which functions got slower or faster from one profile to another.

The question is the time of a function **per unit of work**. Where the work is known (requests served, say),
counts are compared per unit of it. Where it is not, a function is compared with all others that did not
change: its odds against them. A plain comparison of shares would call every function faster when one gets
slower, since shares add up to 1.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.analysis.efficiency.profiles.hot import UNORDERED
from codesentinel.analysis.efficiency.profiles.tally import Count, dispersion, tally
from codesentinel.model.interval import Interval
from codesentinel.model.profile import SLICES
from codesentinel.model.profile_views import FASTER, SAME, SLOWER, UNTESTED, Change, Diff
from codesentinel.stats.false_discovery import adjusted
from codesentinel.stats.split_count import log_ratio, split_p_value, split_score

if TYPE_CHECKING:
    from codesentinel.analysis.efficiency.profiles.tally import Tally
    from codesentinel.model.profile import Function
    from codesentinel.model.profile_views import Side

LEVEL = 0.04
"""The scatter is estimated too, which makes false alarms a little more frequent than it: below 5% in all."""
SMALLEST = 0.05
"""A change below 5% is told, and never called one: two runs of the same code differ by a few percent."""
_FEWEST = 10
_MOST_CHANGES = 100
_LEAST_REST = 0.1
"""Of all samples: with less left to compare with, nothing more is said to have changed."""
_POWER = 0.8
_NORMAL = NormalDist()
_WIDE = _NORMAL.inv_cdf(0.975)


class Work(NamedTuple):
    """How much was done while each profile was recorded, in the same unit."""

    before: float
    after: float


def diff(
    before: Side, after: Side, *, work: Work | None = None, level: float = LEVEL, smallest: float = SMALLEST
) -> Diff:
    """Compare two profiles function by function.

    Args:
        before: the earlier side.
        after: the later.
        work: what was done meanwhile; None to compare with the functions that did not change.
        level: at most this share of the functions that are said to have changed did not.
        smallest: changes by less than this ratio are not called one.
    """
    pair = _Pair(
        tally(before.profile), tally(after.profile), work, after.profile.rate_hertz, before.profile.rate_hertz
    )
    tested = pair.tested()
    changed: set[Function] = set()
    found = pair.judged(tested, changed)
    while len(changed) < _MOST_CHANGES and (one := pair.surest(found, changed, level, smallest)):
        changed.add(one)
        if work is None:
            found = pair.judged(tested, changed)
    changed = {one for one in changed if pair.has_changed(one, found, changed, level, smallest)}
    changes = [pair.change(one, changed, found, level) for one in pair.functions]
    changes.sort(key=lambda one: (one.outcome not in (SLOWER, FASTER), -_moved(one), one.name, one.file))
    sides = (before.profile, after.profile)
    notes = [] if all(one.has_course for one in sides) else [UNORDERED]
    if len({one.mode for one in sides}) > 1:
        notes.append("the profiles were recorded in different modes, which alone makes a difference")
    if work is None and pair.share(changed) > 0.5:
        notes.append(
            "functions with most of the time changed: tell the work with --work to be sure which side did"
        )
    question = "time per unit of work" if work else "time relative to the functions that did not change"
    return Diff(before, after, tuple(changes), question, len(tested), level, tuple(notes))


class _Pair:
    """Two tallies, and what is asked of a function in both."""

    def __init__(
        self,
        before: Tally,
        after: Tally,
        work: Work | None,
        rate_after: float | None,
        rate_before: float | None,
    ) -> None:
        self._sides = (before, after)
        self._work = work
        self._rates = (rate_before or 1.0, rate_after or 1.0) if rate_before and rate_after else (1.0, 1.0)
        ordered = all(any(side.whole.course) for side in self._sides)
        self._freedom = 2.0 * (SLICES - 1) if ordered else None
        self.functions = sorted({*before.total, *after.total})
        alone = {one: self._scatter(one, 1.0) for one in self.functions}
        seen = {one: sum(self._counts(one)) for one in self.functions}
        mean = sum(alone[one] * seen[one] for one in alone) / max(sum(seen.values()), 1)
        self._dispersion = {one: self._scatter(one, max(mean, 1.0)) for one in self.functions}

    def _scatter(self, one: Function, expected: float) -> float:
        wholes = [side.whole for side in self._sides]
        return dispersion([self._own(one, 0), self._own(one, 1)], wholes, expected)

    def tested(self) -> list[Function]:
        """Those that were seen often enough in both together to be judged."""
        return [one for one in self.functions if sum(self._counts(one)) >= _FEWEST]

    def judged(self, tested: list[Function], changed: set[Function]) -> dict[Function, tuple[float, float]]:
        """p-value, and the same adjusted for all that are tested; what takes more time weighs more."""
        p_values = [
            split_p_value(
                *self._counts(one), self._others(one, changed), self._dispersion[one], self._freedom
            )
            for one in tested
        ]
        weights = [float(sum(self._counts(one))) for one in tested]
        return dict(zip(tested, zip(p_values, adjusted(p_values, weights), strict=True), strict=True))

    def surest(
        self,
        found: dict[Function, tuple[float, float]],
        changed: set[Function],
        level: float,
        smallest: float,
    ) -> Function | None:
        """The one that most surely changed, of those not known to; they are taken one by one.

        For as long as a function that changed is among the others, those look changed the other way.
        """
        if not self._work and self.share(changed) > 1 - _LEAST_REST:
            return None
        new = [
            one
            for one in found
            if one not in changed and self.has_changed(one, found, changed, level, smallest)
        ]
        return max(new, key=lambda one: abs(self._surety(one, changed)), default=None)

    def has_changed(
        self,
        one: Function,
        found: dict[Function, tuple[float, float]],
        changed: set[Function],
        level: float,
        smallest: float,
    ) -> bool:
        """Whether the difference is neither chance nor too small to matter."""
        return found[one][1] <= level and abs(math.expm1(self.ratio(one, changed)[0])) >= smallest

    def _surety(self, one: Function, changed: set[Function]) -> float:
        return split_score(*self._counts(one), self._others(one, changed), self._dispersion[one])

    def ratio(self, one: Function, changed: set[Function]) -> tuple[float, float]:
        """Logarithm of the time after over the time before; its standard error."""
        return log_ratio(*self._counts(one), self._others(one, changed), self._dispersion[one])

    def share(self, functions: set[Function]) -> float:
        """What part of all samples they are."""
        return sum(sum(self._counts(one)) for one in functions) / max(
            sum(s.whole.samples for s in self._sides), 1
        )

    def change(
        self, one: Function, changed: set[Function], found: dict[Function, tuple[float, float]], level: float
    ) -> Change:
        """All that is said of a function."""
        estimate, error = self.ratio(one, changed)
        first, second = self._counts(one)
        p_value, q_value = found.get(one, (None, None))
        outcome = UNTESTED if p_value is None else SAME
        if one in changed:
            outcome = SLOWER if estimate > 0 else FASTER
        before, after = (side.whole.samples or 1 for side in self._sides)
        bounds = (math.exp(estimate - _WIDE * error), math.exp(estimate + _WIDE * error))
        return Change(
            one.function,
            one.file,
            one.module,
            outcome,
            Interval(math.exp(estimate), *bounds),
            self._total_ratio(one, changed),
            first / before,
            second / after,
            first,
            second,
            p_value,
            q_value,
            self._detectable(one, error, level) if p_value is not None else None,
        )

    def _own(self, one: Function, side: int) -> Count:
        return self._sides[side].own.get(one, Count())

    def _counts(self, one: Function) -> tuple[int, int]:
        return self._own(one, 0).samples, self._own(one, 1).samples

    def _others(self, one: Function, changed: set[Function]) -> tuple[float, float]:
        """What chance splits a count by: the work done, or the samples in functions that did not change."""
        if self._work:
            many = 1e9 / max(self._work)  # known exactly, so it adds no variance
            return self._work.before * self._rates[0] * many, self._work.after * self._rates[1] * many
        left_out = changed | {one}
        rest = [
            side.whole.samples - sum(side.own[other].samples for other in left_out if other in side.own)
            for side in self._sides
        ]
        return float(rest[0]), float(rest[1])

    def _total_ratio(self, one: Function, changed: set[Function]) -> float | None:
        first, second = (side.total.get(one, Count()).samples for side in self._sides)
        reference = self._others(one, changed)
        if not first or not min(reference):
            return None
        return (second / reference[1]) / (first / reference[0])

    def _detectable(self, one: Function, error: float, level: float) -> float:
        """As if it were the only one that changes: its share of the level is its share of the samples."""
        own = max(self.share({one}) * level, 1e-12)
        return math.exp((_NORMAL.inv_cdf(1 - own / 2) + _NORMAL.inv_cdf(_POWER)) * error)


def _moved(one: Change) -> float:
    return abs(one.after_ratio - one.before_ratio)
