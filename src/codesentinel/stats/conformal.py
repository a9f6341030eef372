"""How far forecasts were off on stretches of the past, as an interval of those to come.

Conformal prediction (V. Vovk, A. Gammerman, G. Shafer, "Algorithmic Learning in a Random World", 2005; the
split form by J. Lei et al., 2018, JASA 113): an error to come lies among the errors that were made, as one
more of them. Errors are first divided by their usual size, which differs by how far ahead one looks and by
the time of day, so that the interval has the shape that the errors have. Where things drift, newer errors
count more (R. F. Barber et al., 2023, "Conformal prediction beyond exchangeability", Ann. Statist. 51(2)).

Errors of one forecast resemble each other, so that a thousand of them are worth far fewer; the correction for
a finite number, ``(1 + 1/n)``, therefore counts independent ones. What is kept is the share of all values to
come that lie within, over many forecasts; not that of each hour, nor of whole paths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NEIGHBOURS = 6
_PRIOR = 40.0
_HALF_LIFE = 15.0
_PASSES = 2
_FEWEST_ORIGINS = 5


def reaches(
    errors: NDArray[np.float64],
    slots: NDArray[np.intp],
    slots_ahead: NDArray[np.intp],
    level: float,
) -> NDArray[np.float64]:
    """How far the interval reaches to either side of the forecast, for each step ahead.

    Args:
        errors: shape (origins, horizon), oldest origin first; NaN where nothing was measured.
        slots: the time of day, say, of each error, from 0; all 0 where there is no season.
        slots_ahead: likewise of the steps to come, shape (horizon,) or (forecasts, horizon).
        level: share of the values to come that should lie within, 0..1.

    Raises:
        ValueError: no error is known.
    """
    sizes = np.abs(errors)
    good = np.isfinite(sizes)
    if not good.any():
        raise ValueError("no error is known")
    age = np.arange(len(errors))[::-1]
    trust = np.where(good, 0.5 ** (age / _HALF_LIFE)[:, None], 0.0)
    sizes = np.where(good, sizes, 0.0)
    count = int(max(slots.max(), slots_ahead.max())) + 1
    by_slot = np.ones(count)
    by_step = np.ones(sizes.shape[1])
    for _ in range(_PASSES if count > 1 else 1):
        by_step = _by_step(sizes / by_slot[slots], trust)
        if count > 1:
            by_slot = _by_slot(sizes / by_step, trust, slots, count)
    usual = by_step * by_slot[slots]
    scores = sizes / usual
    share = level * (1 + 1 / independent(scores, trust))
    ahead: NDArray[np.float64] = quantile(scores, trust, share) * by_step * by_slot[slots_ahead]
    return ahead


def held(
    errors: NDArray[np.float64], slots: NDArray[np.intp], places: NDArray[np.intp], level: float
) -> float | None:
    """Share of the errors of the newest third of the origins within the interval that older ones give.

    Only origins count whose last step lies before the first of the newest. None where there are fewer than
    five, or nothing was measured. The arguments are those of :func:`reaches`; ``places`` is where each origin
    lies, in steps.
    """
    first = 2 * len(errors) // 3
    older = int(np.searchsorted(places + errors.shape[1], places[first], "right"))
    newest = np.abs(errors[first:])
    known = np.isfinite(newest)
    if older < _FEWEST_ORIGINS or not known.any() or not np.isfinite(errors[:older]).any():
        return None
    reach = reaches(errors[:older], slots[:older], slots[first:], level)
    return float((newest <= reach)[known].mean())


def quantile(scores: NDArray[np.float64], trust: NDArray[np.float64], share: float) -> float:
    """The smallest score at or below which this share lies by trust; the largest for 1 or more."""
    order = np.argsort(scores, axis=None)
    held = np.cumsum(trust.ravel()[order])
    place = int(np.searchsorted(held, min(share, 1.0) * held[-1] * (1 - 1e-12)))
    return float(scores.ravel()[order[min(place, len(order) - 1)]])


def independent(scores: NDArray[np.float64], trust: NDArray[np.float64]) -> float:
    """How many independent scores these are worth.

    Those of an origin by their lag-1 correlation r as (1 - r) / (1 + r); origins by their weights (Kish's
    effective number).
    """
    good = trust > 0
    middle = float(scores[good].mean())
    off = np.where(good, scores - middle, 0.0)
    power = float((off * off).sum())
    r = float((off[:, 1:] * off[:, :-1]).sum()) / power if power > 0 else 1.0
    r = min(max(r, 0.0), 1.0)
    weight = trust.max(axis=1)
    origins = float(weight.sum() ** 2 / (weight * weight).sum())
    return float(origins * max(1.0, scores.shape[1] * (1 - r) / (1 + r)))


def _by_step(sizes: NDArray[np.float64], trust: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean size of errors by step ahead, smoothed over neighbouring steps."""
    around = np.ones(2 * _NEIGHBOURS + 1)
    total = np.convolve((sizes * trust).sum(axis=0), around)[_NEIGHBOURS:-_NEIGHBOURS]
    weight = np.convolve(trust.sum(axis=0), around)[_NEIGHBOURS:-_NEIGHBOURS]
    overall = float((sizes * trust).sum() / trust.sum())
    mean = np.divide(total, weight, out=np.full(len(total), overall), where=weight > 0)
    least = max(overall * 1e-3, 1e-300)
    bounded: NDArray[np.float64] = np.maximum(mean, least)
    return bounded


def _by_slot(
    ratios: NDArray[np.float64], trust: NDArray[np.float64], slots: NDArray[np.intp], count: int
) -> NDArray[np.float64]:
    """The size of errors by slot, relative to what is usual at that step; drawn to 1 where few are known."""
    flat = slots.ravel()
    total = np.bincount(flat, (ratios * trust).ravel(), count) + _PRIOR
    weight = np.bincount(flat, trust.ravel(), count) + _PRIOR
    mean = total / weight
    if count > 2:
        mean = (np.roll(mean, 1) + 2 * mean + np.roll(mean, -1)) / 4
    return mean
