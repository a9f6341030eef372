"""Periods that nobody named: peaks of the periodogram above a smooth background of any colour.

Under no rhythm an ordinate divided by the spectrum at its frequency is Exp(1) (Brockwell and Davis 1991,
theorem 10.3.2). The spectrum is not assumed white, nor AR(1): it is the running median of the ordinates
around, divided by ln 2, so that neither a peak nor its side lobes raise it (Mann and Lees 1996, Climatic
Change 33, who fit a line through such medians).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_REACH_RATIO = 0.15
_LEAST_REACH = 12


class Peak(NamedTuple):
    """``frequency`` in cycles per sample; ``p_value`` of one ordinate, not of the largest of many."""

    frequency: float
    p_value: float


def peaks(values: NDArray[np.float64], *, lowest: float, highest: float = 0.5, most: int = 8) -> list[Peak]:
    """The highest above their background, between two frequencies (cycles per sample); most striking first.

    Args:
        values: equally spaced, without a level; NaN counts as 0.
        lowest: frequency.
        highest: frequency.
        most: of them.
    """
    n = len(values)
    if n < 4 * _LEAST_REACH:
        return []
    power = np.abs(np.fft.rfft(np.nan_to_num(values))) ** 2
    level = _background(power)
    ratio = np.divide(power, level, out=np.zeros_like(power), where=level > 0)
    index = np.arange(len(power))
    ratio[(index < lowest * n) | (index > highest * n) | (index == 0)] = 0.0
    found = []
    for _ in range(most):
        top = int(np.argmax(ratio))
        if ratio[top] <= 0:
            break
        found.append(Peak(top / n, math.exp(-min(float(ratio[top]), 700.0))))
        ratio[max(top - 2, 0) : top + 3] = 0.0
    return found


def _background(power: NDArray[np.float64]) -> NDArray[np.float64]:
    """The running median, over blocks that widen with the frequency, joined by lines in logarithms."""
    centers: list[float] = []
    levels: list[float] = []
    begin = 1
    while begin < len(power):
        width = max(int(begin * _REACH_RATIO), _LEAST_REACH)
        block = power[begin : begin + 2 * width]
        if len(block) < width and centers:
            break
        centers.append(begin + len(block) / 2)
        levels.append(float(np.median(block)) / math.log(2))
        begin += width
    safe = np.log(np.maximum(levels, 1e-300))
    level: NDArray[np.float64] = np.exp(
        np.interp(np.log(np.arange(1, len(power) + 1)), np.log(centers), safe)
    )
    return np.where(level > 1e-290, level, 0.0)
