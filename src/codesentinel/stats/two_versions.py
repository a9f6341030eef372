"""Whether two versions fail equally often, in evidence that may be looked at after every run.

The evidence is a Bayes factor: how much better "the odds of failing differ by a common factor in every
stratum" foretells what was seen than "they are the same". Strata (who ran it, with what) may fail at rates
of their own. Where nothing differs it is a martingale under the prior, so that it ever reaches 20 in at most
one of 20 unchanged pairs whose rates are as the prior has them, however often one looks, and also if a bad
streak led to the edit (Ville 1939; de Heide and Grunwald, "Why optional stopping can be a problem for
Bayesians", 2021, on what "as the prior has them" means). The false alarms at single rates are counted in
``benchmarks/satellites/evidence.py``: the prior on the difference is narrow enough that they stay below 5 %
at each rate that was tried.

Rates have Jeffreys' prior, the difference of log-odds a normal one around 0 with standard deviation 1.5,
split in two halves, worse and better. Both integrals are sums over a grid.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.model.interval import Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_RATES = np.linspace(-8, 8, 65)
_SHIFTS = np.linspace(0.1, 4.5, 23)
_SHIFT_SPREAD = 1.5
MOST_RUNS = 2000


class Stratum(NamedTuple):
    """Failures and runs before and after."""

    failures_before: int
    before: int
    failures_after: int
    after: int

    @property
    def is_shared(self) -> bool:
        """Whether both versions ran in it; else it says nothing of their difference."""
        return self.before > 0 and self.after > 0


class Evidence(NamedTuple):
    """What was seen of a difference.

    Attributes:
        e_value: for a difference of either direction; 1 says nothing.
        worse: the share of it that speaks for more failures, 0..1.
        difference: of the failure ratios, after less before, averaged over strata by their runs; with the
            interval that holds it with 95 % under the prior.
    """

    e_value: float
    worse: float
    difference: Interval


def _log_sigmoid(x: Floats) -> Floats:
    return -np.logaddexp(0.0, -x)


_ALL_SHIFTS = np.concatenate((-_SHIFTS[::-1], [0.0], _SHIFTS))
_ZERO = len(_SHIFTS)
_PRIOR = np.exp(-0.5 * (_SHIFTS / _SHIFT_SPREAD) ** 2)
_LOG_HALF = np.log(_PRIOR / _PRIOR.sum() / 2)
_LOG_PRIOR = np.concatenate((_LOG_HALF[::-1], [-np.inf], _LOG_HALF))
_WEIGHT = np.exp(0.5 * (_log_sigmoid(_RATES) + _log_sigmoid(-_RATES)))  # Jeffreys', on the scale of log-odds
_LOG_WEIGHT = np.log(_WEIGHT / _WEIGHT.sum())
_BEFORE = _RATES[None, :] - _ALL_SHIFTS[:, None] / 2
_AFTER = _RATES[None, :] + _ALL_SHIFTS[:, None] / 2
_TABLES = tuple(_log_sigmoid(sign * x).T for x in (_BEFORE, _AFTER) for sign in (1, -1))
"""Logarithms of failing and not, before and after; rates down, shifts across."""
_GAP = (np.exp(_TABLES[2]) - np.exp(_TABLES[0])).T


def log_evidence(counts: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Logarithms of the evidence for worse and for better; each is half of the whole.

    ``counts`` ends in an axis of strata and one of the four numbers of a stratum; what stands in front are
    cases of their own.
    """
    by_shift = _by_shift(counts).sum(axis=-2)  # over strata
    ratio = by_shift - by_shift[..., _ZERO : _ZERO + 1]
    weighed = ratio + _LOG_PRIOR
    return _log_sum(weighed[..., _ZERO + 1 :]), _log_sum(weighed[..., :_ZERO])


def evidence(strata: Sequence[Stratum]) -> Evidence | None:
    """The evidence of the strata that both versions ran in; None where there is none."""
    shared = [one for one in strata if one.is_shared]
    if not shared:
        return None
    counts = np.array(shared, dtype=np.int64)
    worse, better = (float(one) for one in log_evidence(counts))
    total = max(worse, better) + math.log1p(math.exp(-abs(worse - better)))
    return Evidence(
        e_value=math.exp(min(total, 700.0)),
        worse=math.exp(worse - total),
        difference=_difference(counts),
    )


def more_runs(strata: Sequence[Stratum], threshold: float) -> int | None:
    """About how many more runs of the later version it takes to know, if all goes on as it has until now.

    None where 2,000 would not do: then the difference is small, if there is one, or the earlier version has
    too few runs to compare with.
    """
    counts = np.array([one for one in strata if one.is_shared], dtype=np.float64)
    if not len(counts):
        return None
    after = counts[:, 3].sum()

    def is_known(more: float) -> bool:
        grown = counts.copy()
        grown[:, 2:] *= 1 + more / after
        worse, better = log_evidence(grown)  # type: ignore[arg-type]
        return bool(np.logaddexp(worse, better) >= math.log(threshold))

    low, high = 0, 1
    while not is_known(high):
        low, high = high, high * 2
        if high > MOST_RUNS:
            return None
    while high - low > max(1, high // 20):
        middle = (low + high) // 2
        low, high = (low, middle) if is_known(middle) else (middle, high)
    return high


def _by_shift(counts: NDArray[np.int64]) -> Floats:
    """Log-likelihood of each stratum at each shift, its own rate integrated out."""
    failed_before, before, failed_after, after = np.moveaxis(counts, -1, 0)
    numbers = (failed_before, before - failed_before, failed_after, after - failed_after)
    found = sum(n[..., None, None] * table for n, table in zip(numbers, _TABLES, strict=True))
    return _log_sum(np.moveaxis(found + _LOG_WEIGHT[:, None], -2, -1))


def _difference(counts: NDArray[np.int64]) -> Interval:
    """From the posterior of the shift, the rates of each stratum averaged at each shift."""
    failed_before, before, failed_after, after = counts.T
    numbers = (failed_before, before - failed_before, failed_after, after - failed_after)
    each = sum(n[:, None, None] * table for n, table in zip(numbers, _TABLES, strict=True))
    weights = np.moveaxis(each + _LOG_WEIGHT[:, None], -2, -1)  # stratum, shift, rate
    peak = weights.max(axis=-1, keepdims=True)
    rates = np.exp(weights - peak)
    gaps = (rates * _GAP).sum(axis=-1) / rates.sum(axis=-1)
    share = counts[:, 1] + counts[:, 3]
    gap = (gaps * (share / share.sum())[:, None]).sum(axis=0)
    spread = -0.5 * (_ALL_SHIFTS / _SHIFT_SPREAD) ** 2
    posterior = _log_sum(weights).sum(axis=0) + spread
    chance = np.exp(posterior - posterior.max())
    below = (np.cumsum(chance) - chance / 2) / chance.sum()
    lower, upper = (float(np.interp(q, below, gap)) for q in (0.025, 0.975))
    return Interval(float((chance * gap).sum() / chance.sum()), lower, upper)


def _log_sum(x: Floats) -> Floats:
    peak = x.max(axis=-1)
    found: Floats = peak + np.log(np.exp(x - peak[..., None]).sum(axis=-1))
    return found
