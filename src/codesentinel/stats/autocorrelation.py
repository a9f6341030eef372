"""How much a series resembles itself some steps ago."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def autocorrelation(values: NDArray[np.float64], longest: int) -> NDArray[np.float64]:
    """At lags 0 to ``longest``, by way of the Fourier transform; all 0 but the first where nothing varies.

    The sum over n - lag pairs is divided by their number (the unbiased form), for seasons lie at long lags.
    """
    n = len(values)
    off = values - values.mean()
    longest = min(longest, n - 1)
    found = np.zeros(longest + 1)
    power = float(off @ off) / n
    if power <= 1e-24 * max(1.0, float(np.abs(values).max()) ** 2):
        found[0] = 1.0
        return found
    size = 1 << (2 * n - 1).bit_length()
    spectrum = np.fft.rfft(off, size)
    sums = np.fft.irfft(spectrum * np.conj(spectrum), size)[: longest + 1]
    found[:] = sums / (n - np.arange(longest + 1)) / power
    return found
