"""Possible drifts, drawn from what is known of each point of the grid of ``codesentinel.stats.drift``.

Least squares with two or three unknowns are solved here by hand: numpy's ``inv`` and ``cholesky`` can be
compiled too, but take longer to compile than all that is around them. All stands in one file, because a
compiled function that is kept on disk does not see that one of another file, which it calls, has changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.stats.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BEND_DOUBT = 1.2
"""Bends lie between the places that are tried: their errors are larger by this."""


@compiled
def drawn(  # noqa: PLR0917
    chosen: NDArray[np.int64],
    shape: tuple[int, int, int],
    last: Floats,
    grams: Floats,
    ends: Floats,
    spreads: Floats,
    counted: int,
    normals: Floats,
) -> Floats:
    """Level, slope a history, noise and sigma (draws, 4) of the chosen points of the grid."""
    out = np.empty((len(chosen), 4))
    before = -1
    size = 2
    gram = np.zeros((3, 3))
    root = np.zeros((3, 3))
    right = np.zeros(3)
    best = np.zeros(3)
    index = np.zeros(3, np.int64)
    freedom, rss = 1.0, 0.0
    for d in range(len(chosen)):
        ir = chosen[d] // (shape[1] * shape[2])
        iw = chosen[d] // shape[2] % shape[1]
        j = chosen[d] % shape[2]
        g = grams[ir, iw]
        if chosen[d] != before:
            before = chosen[d]
            size = 2 if j == 0 else 3
            index[0], index[1], index[2] = 1, 2, 2 + j
            gram[0, 0], gram[1, 1], gram[1, 0] = g[1, 1], g[2, 2], g[1, 2]
            right[0], right[1] = g[1, 0], g[2, 0]
            if j > 0:
                gram[2, 0], gram[2, 1], gram[2, 2] = g[2 + j, 1], g[2 + j, 2], g[2 + j, 3]
                right[2] = g[2 + j, 0]
            _solved(gram, right, size, best, root)
            rss = g[0, 0]
            for c in range(size):
                rss -= best[c] * right[c]
                for k in range(size):
                    root[c, k] *= BEND_DOUBT if j > 0 else 1.0
            rss = max(rss, 1e-12 * g[0, 0])
            freedom = max(counted - size, 1)
        z = normals[d]
        # a chi-square of many degrees of freedom (Wilson and Hilferty 1931)
        cube = max(1 - 2 / (9 * freedom) + z[3] * np.sqrt(2 / (9 * freedom)), 0.1)
        sigma = np.sqrt(rss / freedom / cube**3)
        m, a, fitted, slope = ends[ir, iw, 0, 0], ends[ir, iw, 1, 0], 0.0, 0.0
        for c in range(size):
            b = best[c]
            for k in range(size):
                b += sigma * root[c, k] * z[k]
            m -= b * ends[ir, iw, 0, index[c]]
            a -= b * ends[ir, iw, 1, index[c]]
            fitted += b * last[index[c]]
            if c > 0:
                slope += b
        p = spreads[ir, iw]
        s1 = np.sqrt(max(p[0], 0.0))
        cross = p[1] / s1 if s1 > 1e-12 else 0.0
        s2 = np.sqrt(max(p[2] - cross * cross, 0.0))
        m += sigma * s1 * z[4]
        a += sigma * (cross * z[4] + s2 * z[5])
        out[d, 0], out[d, 1], out[d, 2], out[d, 3] = fitted + m, slope, a, sigma
    return out


@compiled
def _factor(matrix: Floats, size: int, lower: Floats) -> None:
    """Write Cholesky's factor of the first ``size`` rows and columns; the lower half of them is read."""
    for i in range(size):
        for j in range(size):
            left = matrix[i, j] if j <= i else 0.0
            for k in range(j if j <= i else 0):
                left -= lower[i, k] * lower[j, k]
            if i == j:
                left = np.sqrt(max(left, 1e-300))
            elif j < i:
                left /= lower[j, j]
            lower[i, j] = left


@compiled
def _solved(gram: Floats, right: Floats, size: int, best: Floats, root: Floats) -> None:
    """``best`` solves ``gram @ best = right``; ``root @ root.T`` is the inverse of ``gram``.

    Args:
        gram: symmetric and positive definite; its first ``size`` rows and columns, the lower half of them.
        right: the first ``size`` of it.
        size: how many unknowns there are.
        best: is written to.
        root: is written to; a lower triangle.
    """
    lower, turned, inverse = np.zeros((size, size)), np.zeros((size, size)), np.zeros((size, size))
    _factor(gram, size, lower)
    for j in range(size):  # column j of the inverse of the factor
        for i in range(j, size):
            left = 1.0 if i == j else 0.0
            for k in range(j, i):
                left -= lower[i, k] * turned[k, j]
            turned[i, j] = left / lower[i, i]
    for i in range(size):
        best[i] = 0.0
        for j in range(size):
            for k in range(size):
                inverse[i, j] += turned[k, i] * turned[k, j]
            best[i] += inverse[i, j] * right[j]
    _factor(inverse, size, root)
