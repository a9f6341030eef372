"""How fast a series drifts, without being told whether its errors forget or remember.

``y = regressors @ b + m + a``: ``m`` is a random walk, ``a`` an AR(1) process around zero. Where the walk's
share is zero, this is a line with noise; where it is large, a walk with a drift, of which a textbook line
knows nothing. Which of them it is, and whether and where the slope changed, is not decided but averaged
over, by the restricted likelihood of a grid of walk shares and autocorrelations (Harvey 1989, "Forecasting,
Structural Time Series Models and the Kalman Filter", chapter 3; Kass and Raftery 1995, J. Am. Stat. Assoc.
90, 773-795, for the weight of a bend: Schwarz' n^(-1/2)).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.stats.compiled import compiled
from codesentinel.stats.drift_draws import drawn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CORRELATIONS = np.array([0.0, 0.4, 0.7, 0.88, 0.96])
WALKS = np.concatenate([[0.0], np.geomspace(1e-5, 30.0, 8)])
"""Variance of the walk's step, in units of the variance of the noise around it."""
PRIOR_OF_NO_WALK = 0.6
PRIOR_OF_A_BEND = 0.3
WANDERS_ON = 0.6
"""What wandered will not drift on exactly as it did: in units of the error of the drift of a walk."""


class Draws(NamedTuple):
    """What the series may be, drawn from what is known of it; each of shape (draws,).

    ``level`` is where the trend stands at the last sample, ``slope`` its growth a step, ``noise`` the
    deviation from it there, ``walk`` and ``scatter`` the standard deviations of the walk's step and of
    the noise. ``bent`` is the share of draws in which the slope changed.
    """

    level: Floats
    slope: Floats
    noise: Floats
    walk: Floats
    scatter: Floats
    correlation: Floats
    bent: float


def thinned(draws: Draws, every: int) -> Draws:
    """One of ``every`` draws; their order, which is that of the likelihood's grid, is respected."""
    level, slope, noise, walk, scatter, correlation = (part[::every] for part in draws[:6])
    return Draws(level, slope, noise, walk, scatter, correlation, draws.bent)


def draw_drifts(values: Floats, bends: NDArray[np.int64], normals: Floats, uniforms: Floats) -> Draws:
    """Draw ``len(uniforms)`` possible drifts of equally spaced ``values``; NaN is a gap.

    ``bends`` are the places at which the slope may have changed; ``uniforms`` is sorted, ``normals`` of shape
    (draws, 7).
    """
    n = len(values)
    t = np.arange(n, dtype=np.float64)
    columns = np.empty((n, 3 + len(bends)))
    columns[:, 0] = values
    columns[:, 1] = 1.0
    columns[:, 2] = (t - (n - 1)) / n
    columns[:, 3:] = np.maximum(t[:, None] - bends[None, :], 0.0) / n
    weights, grams, ends, spreads, counted = _evidence(columns, CORRELATIONS, WALKS)
    logs = weights - weights.max()
    chance = np.exp(logs)
    prior = np.full(len(WALKS), (1 - PRIOR_OF_NO_WALK) / (len(WALKS) - 1))
    prior[0] = PRIOR_OF_NO_WALK
    bend = np.full(1 + len(bends), PRIOR_OF_A_BEND / max(len(bends), 1))
    bend[0] = 1 - PRIOR_OF_A_BEND
    chance *= prior[None, :, None] * bend[None, None, :]
    total = np.cumsum(chance.ravel())
    chosen = np.searchsorted(total, uniforms * total[-1], side="right")
    chosen = np.minimum(chosen, len(total) - 1)
    out = drawn(chosen, chance.shape, columns[-1], grams, ends, spreads, counted, normals)
    rho, walk, at = np.unravel_index(chosen, chance.shape)
    level, slope, noise, sigma = out.T
    wander = sigma * np.sqrt(WALKS[walk])
    slope = slope + n * WANDERS_ON * wander * normals[:, 6] / np.sqrt(n)
    return Draws(
        level,
        slope / n,
        noise,
        wander,
        sigma,
        CORRELATIONS[rho],
        float((at > 0).mean()),
    )


@compiled
def _evidence(  # noqa: C901, PLR0912, PLR0915
    columns: Floats, correlations: Floats, walks: Floats
) -> tuple[Floats, Floats, Floats, Floats, int]:
    """Log evidence (correlations, walks, bends), and what the draws need of each point of the grid."""
    n, width = columns.shape
    bends = width - 3
    weights = np.full((len(correlations), len(walks), 1 + bends), -np.inf)
    grams = np.zeros((len(correlations), len(walks), 3 + bends, 4))
    ends = np.zeros((len(correlations), len(walks), 2, width))
    spreads = np.zeros((len(correlations), len(walks), 3))
    counted = 0
    for i in range(n):
        counted += not np.isnan(columns[i, 0])
    m = np.empty(width)
    a = np.empty(width)
    u = np.empty(width)
    for ir in range(len(correlations)):
        r = correlations[ir]
        for iw in range(len(walks)):
            q = walks[iw]
            for c in range(width):  # by element: checks of shapes take seconds to compile
                m[c] = 0.0
                a[c] = 0.0
            p11, p12, p22 = 0.0, 0.0, 1.0
            g = grams[ir, iw]
            logs = 0.0
            for i in range(n):
                if i > 0:
                    p11 += q
                    p12 *= r
                    p22 = r * r * p22 + 1 - r * r
                    for c in range(width):
                        a[c] *= r
                if np.isnan(columns[i, 0]):
                    continue
                f = p11 + 2 * p12 + p22
                k1, k2 = (p11 + p12) / f, (p12 + p22) / f
                root = 1 / np.sqrt(f)
                for c in range(width):
                    v = columns[i, c] - m[c] - a[c]
                    m[c] += k1 * v
                    a[c] += k2 * v
                    u[c] = v * root
                p11, p12, p22 = (
                    p11 - k1 * (p11 + p12),
                    p12 - k1 * (p12 + p22),
                    p22 - k2 * (p12 + p22),
                )
                logs += np.log(f)
                y, one, t = u[0], u[1], u[2]
                for c in range(width):
                    g[c, 0] += u[c] * y
                    g[c, 1] += u[c] * one
                    g[c, 2] += u[c] * t
                    g[c, 3] += u[c] * u[c]
            for c in range(width):
                ends[ir, iw, 0, c] = m[c]
                ends[ir, iw, 1, c] = a[c]
            spreads[ir, iw, 0] = p11
            spreads[ir, iw, 1] = p12
            spreads[ir, iw, 2] = p22
            det = g[1, 1] * g[2, 2] - g[1, 2] ** 2
            b1 = (g[0, 1] * g[2, 2] - g[0, 2] * g[1, 2]) / det
            b2 = (g[0, 2] * g[1, 1] - g[0, 1] * g[1, 2]) / det
            rss = max(g[0, 0] - b1 * g[0, 1] - b2 * g[0, 2], 1e-12 * g[0, 0] + 1e-300)
            common = -0.5 * logs - 0.5 * np.log(det)
            weights[ir, iw, 0] = common - 0.5 * (counted - 2) * np.log(rss)
            for j in range(bends):
                h = g[3 + j]
                c1 = (h[1] * g[2, 2] - h[2] * g[1, 2]) / det
                c2 = (h[2] * g[1, 1] - h[1] * g[1, 2]) / det
                hh = h[3] - c1 * h[1] - c2 * h[2]
                hy = h[0] - c1 * g[0, 1] - c2 * g[0, 2]
                if hh > 1e-9 * h[3]:
                    left = max(rss - hy * hy / hh, 1e-12 * g[0, 0] + 1e-300)
                    weights[ir, iw, 1 + j] = (
                        common - 0.5 * (counted - 2) * np.log(left) - 0.5 * np.log(counted)
                    )
    return weights, grams, ends, spreads, counted
