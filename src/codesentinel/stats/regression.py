"""A straight line through a series whose errors remember their past, and where it meets a level.

Neighbouring samples of a machine's metrics resemble each other, so a textbook interval, which counts
each as new evidence, is far too narrow. Here the number of independent samples is estimated from the
lag-1 autocorrelation r of the residuals, n_eff = n (1 - r) / (1 + r), and takes the place of n in the
errors and the degrees of freedom (Santer et al. 2000, J. Geophys. Res. 105(D6), 7337-7356). The
assumption: errors are roughly AR(1) around a line, equally spaced. The place where the line meets a
level is bounded by inverting the prediction band (Fieller 1954).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy.special import stdtrit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FEWEST = 3
_LARGEST_CORRELATION = 0.99


@dataclass(frozen=True, slots=True)
class Crossing:
    """When a line meets a level, in epoch seconds; None where the interval is open on that side."""

    estimate: float
    earliest: float | None
    latest: float | None
    level: float


@dataclass(frozen=True, slots=True)
class Line:
    """``value = middle + slope * (time - center)``.

    ``independent`` is the effective number of samples, ``spread`` the standard deviation of the errors
    in the unit of the values, ``r2`` the share of the variance that the line explains.
    """

    center: float
    middle: float
    slope: float
    middle_error: float
    slope_error: float
    spread: float
    independent: float
    r2: float

    def slope_interval(self, level: float) -> tuple[float, float]:
        """Bounds of the slope at confidence ``level`` (0..1)."""
        reach = self._quantile(level) * self.slope_error
        return self.slope - reach, self.slope + reach

    def crossing(self, limit: float, *, level: float) -> Crossing | None:
        """When the series comes to ``limit``; None when the line does not lead there.

        The interval at confidence ``level`` holds the moment at which one sample could be at the
        limit. It is open to the future when the slope may as well be zero.
        """
        if self.slope == 0:
            return None
        distance = self.middle - limit
        estimate = -distance / self.slope
        t2 = self._quantile(level) ** 2
        a = self.slope**2 - t2 * self.slope_error**2
        if a <= 0:
            return Crossing(self.center + estimate, None, None, level)
        b = distance * self.slope
        c = distance**2 - t2 * (self.middle_error**2 + self.spread**2)
        root = math.sqrt(max(b * b - a * c, 0.0))
        return Crossing(
            self.center + estimate, self.center + (-b - root) / a, self.center + (-b + root) / a, level
        )

    def _quantile(self, level: float) -> float:
        return float(stdtrit(max(self.independent - 2, 1.0), (1 + level) / 2))


def fit_line(times: NDArray[np.float64], values: NDArray[np.float64]) -> Line:
    """The least-squares line through ``values`` at ``times`` (epoch seconds), both of shape (n,).

    Raises:
        ValueError: fewer than three samples, or no two at different times.
    """
    if len(times) < _FEWEST:
        raise ValueError(f"a line with an error needs {_FEWEST} samples, not {len(times)}")
    center = float(times.mean())
    x = times - center
    sxx = float(x @ x)
    if sxx == 0:
        raise ValueError("all samples are of the same moment")
    middle = float(values.mean())
    slope = float(x @ (values - middle)) / sxx
    residuals = values - middle - slope * x
    independent = _independent(residuals)
    squares = float(residuals @ residuals)
    spread = math.sqrt(squares / max(independent - 2, 1.0) * independent / len(times))
    total = float(((values - middle) ** 2).sum())
    return Line(
        center=center,
        middle=middle,
        slope=slope,
        middle_error=spread / math.sqrt(independent),
        slope_error=spread / math.sqrt(sxx * independent / len(times)),
        spread=spread,
        independent=independent,
        r2=1 - squares / total if total > 0 else 0.0,
    )


def _independent(residuals: NDArray[np.float64]) -> float:
    """How many independent samples the residuals are worth; between 3 and n.

    The sample autocorrelation is too low by about (1 + 4 r) / n around a fitted line, which is added.
    """
    n = len(residuals)
    power = float(residuals @ residuals)
    if power == 0:
        return float(n)
    r = float(residuals[1:] @ residuals[:-1]) / power
    r = min(max(r + (1 + 4 * r) / n, 0.0), _LARGEST_CORRELATION)
    return max(n * (1 - r) / (1 + r), float(_FEWEST))
