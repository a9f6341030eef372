"""How many independent pairs two autocorrelated series are worth.

Bartlett (1935), J. R. Stat. Soc. 98, 536-543, as Pyper and Peterman (1998), Can. J. Fish. Aquat. Sci. 55,
2127-2140, recommend it: ``1/n* = 1/n (1 + 2 sum (1 - k/n) r_x(k) r_y(k))`` over lags to n/5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.stats.autocorrelation import autocorrelation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_LONGEST_SHARE = 5
"""Lags go to n over this."""


def memory(values: Floats) -> Floats:
    """The autocorrelation at lags 0 to n/5, with the bias of short samples taken back.

    An estimate from n values is too small by about ``(1 + 3 r) / n`` (Kendall 1954, Biometrika 41, 403-404),
    which for a random walk makes all the difference.
    """
    n = len(values)
    longest = max(n // _LONGEST_SHARE, 1)
    lags = np.arange(longest + 1)
    biased = autocorrelation(values, longest) * (1 - lags / n)
    mended: Floats = np.clip(biased + (1 + 3 * biased) / n * (1 - lags / n), -1.0, 1.0)
    return mended


def effective_size(one: Floats, other: Floats, n: int) -> float:
    """Of ``n`` pairs, given the :func:`memory` of each series; never more than ``n``."""
    longest = min(len(one), len(other))
    weights = 1 - np.arange(1, longest) / n
    total = 1 + 2 * float(weights @ (one[1:longest] * other[1:longest]))
    return n / max(total, 1.0)
