"""Whether the newest cycles differ from the older ones: in size, or in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.analysis.trends.seasonality.cycles import cycles_of
from codesentinel.analysis.trends.seasonality.grid import DAY
from codesentinel.model.interval import Interval
from codesentinel.model.seasonality import Drift
from codesentinel.stats.fold import covered, without_level
from codesentinel.stats.welch import difference

if TYPE_CHECKING:
    from codesentinel.analysis.trends.seasonality.grid import Grid

FEWEST_CYCLES = 8
_RECENT_SHARE = 0.25
_SURE = 0.005
_LARGE_RATIO = 0.2
_LARGE_SHIFT = 1 / 48


def drift(grid: Grid, period: float, *, weekly: bool) -> Drift | None:
    """Of the newest quarter of the cycles, whole weeks of them where ``weekly``; None for too few cycles.

    Each cycle's size is its regression on the mean of the older ones, each cycle's place the phase of its
    strongest harmonic against theirs; new and old are compared by Welch's t.
    """
    rest = without_level(grid.values, round(period / grid.step))
    cycles = covered(cycles_of(grid, rest, period))
    count = len(cycles)
    recent = max(round(count * _RECENT_SHARE), 3)
    if weekly and period == DAY:
        recent = max(recent // 7, 1) * 7
    if count < max(FEWEST_CYCLES, 2 * recent):
        return None
    filled = np.nan_to_num(cycles)
    old, new = filled[:-recent], filled[-recent:]
    shape = old.mean(axis=0)
    power = float(shape @ shape)
    if power <= 0:
        return None
    others = (old.sum(axis=0) - old) / (len(old) - 1)
    sizes = (old * others).sum(axis=1) / np.maximum((others**2).sum(axis=1), 1e-12 * power)
    grown = difference(new @ shape / power, sizes)
    base = float(sizes.mean()) or 1.0
    ratio = Interval(*(1 + part / base for part in (grown.estimate, grown.lower, grown.upper)))
    spectrum = np.fft.rfft(filled, axis=1)
    strongest = int(np.argmax(np.abs(np.fft.rfft(shape))[1:])) + 1
    reference = spectrum[:-recent, strongest].mean()
    angle = -np.angle(spectrum[:, strongest] * np.conj(reference)) * period / (2 * np.pi * strongest)
    late = difference(angle[-recent:], angle[:-recent])
    p_value = min(2 * min(grown.p_value, late.p_value), 1.0)
    is_large = (grown.p_value <= _SURE / 2 and abs(ratio.estimate - 1) > _LARGE_RATIO) or (
        late.p_value <= _SURE / 2 and abs(late.estimate) > max(_LARGE_SHIFT * period, grid.step)
    )
    return Drift(is_large, ratio, Interval(late.estimate, late.lower, late.upper), p_value)
