"""Which seasons a history repeats; a first look that the backtest then proves or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.stats.autocorrelation import autocorrelation

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DAY = 86400.0
_CALENDAR = (3600.0, _DAY)
_LEAST = 0.2
_SHORTEST = 4
_CYCLES = 3
_SURE, _SURER = 2.5, 5.0
_WEEK = 7


def seasons(values: NDArray[np.float64], step_seconds: float) -> tuple[int, ...]:
    """Their lengths in steps: none, one, or one and seven times it where that is a week and there are two.

    The season is that of a day where the history resembles itself a day before, more than it does half a
    day off; else of an hour; else the highest such peak. A slow drift, which resembles itself at every lag,
    is taken off first.
    """
    n = len(values)
    longest = min(n // _CYCLES, 5000)
    if longest < _SHORTEST:
        return ()
    found = _season(values, step_seconds, longest)
    if not found:
        return ()
    week = found * _WEEK
    is_day = abs(found * step_seconds - _DAY) < step_seconds
    return (found, week) if is_day and n >= 2 * week + found else (found,)


def _season(values: NDArray[np.float64], step_seconds: float, longest: int) -> int:
    calendar = [round(one / step_seconds) for one in reversed(_CALENDAR)]
    for length in calendar:
        whole = abs(length * step_seconds / _DAY * 24 - round(length * step_seconds / 3600)) < 1e-6
        if (
            _SHORTEST <= length <= longest
            and whole
            and _gain(_steady(values, length), length) > _LEAST
            and _recurs(values, length, _SURE)
        ):
            return length
    steady = _steady(values, max(longest // 2, _SHORTEST))
    similar = autocorrelation(steady, longest)
    peaks = [
        lag
        for lag in range(_SHORTEST, longest)
        if similar[lag] > max(_LEAST, similar[lag - 1]) and similar[lag] >= similar[lag + 1]
    ]
    best = max(peaks, key=lambda lag: float(similar[lag]) - 0.1 * lag / longest, default=0)
    is_one = best and _gain(steady, best) > 2 * _LEAST and _recurs(values, best, _SURER)
    return best if is_one else 0


def _recurs(values: NDArray[np.float64], length: int, errors: float) -> bool:
    """Whether changes resemble those a season before, by more than so many standard errors of chance.

    A random walk less its moving mean swings in seeming seasons (E. Slutsky, 1937, Econometrica 5(2)); its
    changes do not.
    """
    changes = _clipped(np.diff(values))
    return bool(autocorrelation(changes, length)[-1] > errors / len(changes) ** 0.5)


def _gain(values: NDArray[np.float64], length: int) -> float:
    """How much more the values resemble those a season before than those half a season off."""
    similar = autocorrelation(values, length)
    return float(min(similar[length], similar[length] - similar[length // 2]))


def _steady(values: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """The values less their mean over a season around them, outliers cut off."""
    width = min(length, len(values) - 1) | 1
    padded = np.pad(values, width // 2, mode="edge")
    sums = np.cumsum(np.append(0.0, padded))
    rest = values - (sums[width:] - sums[:-width]) / width
    return _clipped(rest)


def _clipped(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values with outliers cut off."""
    middle = np.median(values)
    reach = 4 * 1.4826 * float(np.median(np.abs(values - middle)))
    cut: NDArray[np.float64] = np.clip(values, middle - reach, middle + reach) if reach > 0 else values
    return cut
