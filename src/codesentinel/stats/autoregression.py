"""Ridge autoregressions: what comes next as a weighted sum of chosen values of the past.

``y(t) = c + sum of a(l) * y(t - l)`` over chosen lags l, or the same for differences ``y(t) - y(t - d)``. The
weights minimise Huber's loss (P. J. Huber, 1964, Ann. Math. Statist. 35(1)), by reweighted least squares,
plus a ridge (A. E. Hoerl and R. W. Kennard, 1970, Technometrics 12(1)) that keeps many neighbouring lags from
cancelling one another. Farther steps are made of nearer ones. Values should be standardised, for the ridge.

To judge a form honestly, stretches of targets can be held back: the fit is then done once for each, from the
same sums less those of the stretch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_RIDGE = 1e-5
_HUBER = 1.5
_SCALE_OF_MAD = 1.4826
_ROOM = 1.0


class Form(NamedTuple):
    """Which lags, and of which differences; ``difference`` 0 is the values themselves."""

    lags: tuple[int, ...]
    difference: int = 0

    @property
    def reach(self) -> int:
        """How many values of the past are looked at."""
        return max(self.lags) + self.difference


def fitted(
    values: NDArray[np.float64],
    known: NDArray[np.bool_],
    form: Form,
    held_back: Sequence[tuple[int, int]] = (),
    *,
    rounds: int = 1,
) -> NDArray[np.float64]:
    """Weights on values, one row for each stretch that is held back and a last one without any.

    Args:
        values: without NaN, about standardised.
        known: which of them were measured; the others are not learnt from as targets.
        form: what is fitted.
        held_back: stretches ``[start, stop)`` of targets.
        rounds: of reweighting; 0 is plain least squares.

    Returns:
        Shape (len(held_back) + 1, form.reach + 1): the weight of the oldest value first, the constant last.
    """
    apart = form.difference
    changes = values[apart:] - values[:-apart] if apart else values
    longest = form.reach - apart
    columns: NDArray[np.intp] = longest - np.array(form.lags, dtype=np.intp)
    design = np.ones((len(changes) - longest, len(columns) + 1))
    design[:, :-1] = sliding_window_view(changes, longest)[:-1][:, columns]
    targets = changes[longest:]
    good = known[form.reach :]
    if not good.all():
        design[~good] = 0.0
        targets = np.where(good, targets, 0.0)
    sums = _Sums(design, targets)
    trust = np.ones(len(targets))
    for _ in range(rounds):
        off = targets - design @ sums.solved(())[-1]
        spread = _SCALE_OF_MAD * float(np.median(np.abs(off[good]))) if good.any() else 0.0
        trust = np.minimum(1.0, _HUBER * spread / np.maximum(np.abs(off), 1e-12)) if spread > 0 else trust
        sums = _Sums(design, targets, trust, sums.plain)
    start = form.reach
    stretches = [(max(first - start, 0), max(stop - start, 0)) for first, stop in held_back]
    return _on_values(sums.solved(stretches), columns, longest, apart)


class _Sums:
    """The normal equations, weighted by ``trust``; ``plain`` are those without weights, to start from."""

    _squares: NDArray[Any]
    _products: NDArray[Any]

    def __init__(
        self,
        design: NDArray[np.float64],
        targets: NDArray[np.float64],
        trust: NDArray[np.float64] | None = None,
        plain: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
    ) -> None:
        self.plain = plain or (design.T @ design, design.T @ targets)
        self._design, self._targets, self._trust = design, targets, trust
        self._squares, self._products = self.plain
        if trust is not None:
            less = np.flatnonzero(trust < 1)
            rows = design[less]
            weighted = (rows * (1 - trust[less])[:, None]).T
            self._squares = self._squares - weighted @ rows
            self._products = self._products - weighted @ targets[less]

    def solved(self, held_back: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
        """The weights without each stretch, and with all."""
        squares = np.repeat(self._squares[None], len(held_back) + 1, axis=0)
        products = np.repeat(self._products[None], len(held_back) + 1, axis=0)
        for place, (first, stop) in enumerate(held_back):
            rows = self._design[first:stop]
            weighted = rows.T if self._trust is None else (rows * self._trust[first:stop, None]).T
            squares[place] -= weighted @ rows
            products[place] -= weighted @ self._targets[first:stop]
        diagonal = np.arange(squares.shape[1])
        squares[:, diagonal[:-1], diagonal[:-1]] += _RIDGE * len(self._targets)
        squares[:, -1, -1] += 1e-9 * len(self._targets)
        solution: NDArray[np.float64] = np.linalg.solve(squares, products[..., None])[..., 0]
        return solution


def _on_values(
    solution: NDArray[np.float64], columns: NDArray[np.intp], longest: int, apart: int
) -> NDArray[np.float64]:
    """Weights on differences as weights on the values themselves."""
    weights = np.zeros((len(solution), longest + apart + 1))
    weights[:, columns + apart] = solution[:, :-1]
    if apart:
        weights[:, columns] -= solution[:, :-1]
        weights[:, longest] += 1.0  # the value ``apart`` before
    weights[:, -1] = solution[:, -1]
    return weights


def rolled(
    values: NDArray[np.float64],
    weights: NDArray[np.float64],
    origins: NDArray[np.intp],
    horizon: int,
) -> NDArray[np.float64]:
    """Forecasts of ``horizon`` steps from each origin, the first of them at the origin itself.

    A forecast that leaves the range of the values by more than that range is held there: no weights are
    let run away.

    Args:
        values: as they were fitted.
        weights: shape (forms, origins, reach + 1).
        origins: places in ``values``; each at least the reach, and the last may be ``len(values)``.
        horizon: steps.

    Returns:
        Shape (forms, origins, horizon).
    """
    forms, count, width = weights.shape
    reach = width - 1
    low, high = float(values.min()), float(values.max())
    room = _ROOM * (high - low)
    line = np.empty((forms, count, reach + horizon))
    line[:, :, :reach] = sliding_window_view(values, reach)[origins - reach]
    slopes = np.ascontiguousarray(weights[:, :, :-1])
    for step in range(horizon):
        following = np.einsum("fow,fow->fo", line[:, :, step : step + reach], slopes) + weights[:, :, -1]
        line[:, :, reach + step] = np.minimum(np.maximum(following, low - room), high + room)
    return line[:, :, reach:]


def aligned(weights: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """The weights of several forms in one array, with zeros for what a shorter one does not look at."""
    width = max(one.shape[1] for one in weights)
    found = np.zeros((len(weights), weights[0].shape[0], width))
    for place, one in enumerate(weights):
        found[place, :, width - one.shape[1] :] = one
    return found
