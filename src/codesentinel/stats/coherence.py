"""Whether the cycles of a folded series repeat one shape: harmonics that keep their phase.

Each cycle is replaced by its Fourier coefficients z(c, k). A rhythm adds the same number to z(c, k) in every
cycle, noise one of random phase; of any colour, for the cycles are compared with one another at one
frequency. So under no rhythm the coherence R(k) = |sum z|^2 / (C sum |z|^2) of C independent complex normal
coefficients is Beta(1, C - 1), that is P(R > r) = (1 - r)^(C - 1): the harmonic F test with the neighbouring
frequencies as background (Thomson 1982, Proc. IEEE 70(9), section XIII; Goodman 1957). Cycles that resemble
their neighbours, as those of pseudo-rhythms do, count as fewer. Harmonics are put together by Fisher's
method over nested sets of the lowest 1, 2, 4, ... of them, so that a sine and a comb are both found, at the
price of a factor that is the number of sets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import gammaincc

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEWEST_CYCLES = 3
_LARGEST_DISCOUNT = 4.0
_SHARE_OF_CYCLES_FOR_DISCOUNT = 8


class Coherence(NamedTuple):
    """Of each harmonic 1, 2, ...: ``evidence`` is -ln p, ``power`` that of the mean cycle; shape (K,)."""

    evidence: NDArray[np.float64]
    power: NDArray[np.float64]

    def p_value(self, keep: NDArray[np.bool_] | None = None) -> float:
        """Of no rhythm in the harmonics that are kept; 1.0 where there are none."""
        evidence = self.evidence if keep is None else self.evidence[keep]
        if not len(evidence):
            return 1.0
        sums = np.cumsum(evidence)
        sizes = [2**i for i in range(len(evidence).bit_length()) if 2**i <= len(evidence)]
        if sizes[-1] != len(evidence):
            sizes.append(len(evidence))
        lowest = min(float(gammaincc(size, sums[size - 1])) for size in sizes)
        return min(lowest * len(sizes), 1.0)


def coherence(cycles: NDArray[np.float64], most_harmonics: int = 512) -> Coherence:
    """Of cycles by slots; missing slots count as the mean of their cycle, which is the careful side."""
    count, slots = cycles.shape
    harmonics = min(max((slots - 1) // 2, 0), most_harmonics)
    if count < _FEWEST_CYCLES or not harmonics:
        return Coherence(np.zeros(harmonics), np.zeros(harmonics))
    known = np.isfinite(cycles)
    held = np.maximum(known.sum(axis=1, keepdims=True), 1)
    filled = np.where(known, cycles, 0.0)
    filled = np.where(known, filled - filled.sum(axis=1, keepdims=True) / held, 0.0)
    z = np.fft.rfft(filled, axis=1)[:, 1 : harmonics + 1] / slots
    mean = z.mean(axis=0)
    power = np.abs(mean) ** 2
    total = (np.abs(z) ** 2).mean(axis=0)
    ratio = np.clip(power / np.where(total > 0, total, 1.0), 0.0, 1.0 - 1e-12)
    evidence = -(_independent(z - mean) - 1) * np.log1p(-ratio)
    return Coherence(np.where(total > 0, evidence, 0.0), power)


def _independent(rest: NDArray[np.complex128]) -> NDArray[np.float64]:
    """How many independent cycles the residuals of C cycles are worth, by their lag-1 correlation."""
    count = len(rest)
    if count < _SHARE_OF_CYCLES_FOR_DISCOUNT:
        return np.full(rest.shape[1], float(count))
    power = (np.abs(rest) ** 2).sum(axis=0)
    lag = np.real((rest[1:] * rest[:-1].conj()).sum(axis=0))
    r = np.clip(lag / np.where(power > 0, power, 1.0) - 1 / count**0.5, 0.0, 0.95)
    worth: NDArray[np.float64] = count / np.minimum((1 + r) / (1 - r), _LARGEST_DISCOUNT)
    return worth
