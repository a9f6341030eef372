"""A scale on which growth is a sum, for values that cannot be negative.

G. E. P. Box and D. R. Cox (1964, J. R. Stat. Soc. B 26(2)) at lambda 0, with a shift where there are zeros or
next to zeros: they would lie at minus infinity. Values that may be negative stay as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SMALL = 1e-3
_SHIFT = 0.1


class Scale(NamedTuple):
    """Standardises ``log(value + shift)``, or the value where ``shift`` is None.

    ``floor`` is what no value is below, after going back.
    """

    shift: float | None
    middle: float
    spread: float
    floor: float

    def there(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The values on this scale."""
        on = values if self.shift is None else np.log(values + self.shift)
        return (on - self.middle) / self.spread

    def back(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values on this scale as they were; none is infinite."""
        on = values * self.spread + self.middle
        if self.shift is not None:
            on = np.exp(np.clip(on, -700.0, 700.0)) - self.shift
        return np.maximum(on, self.floor)


def scale_of(values: NDArray[np.float64]) -> Scale:
    """The scale that suits these values, none of which is NaN."""
    low, shift, floor = float(values.min()), None, -np.inf
    if low >= 0 and float(values.max()) > 0:
        usual = float(np.median(values[values > 0]))
        shift = 0.0 if low >= _SMALL * usual else _SHIFT * usual
        floor = 0.0
    on = values if shift is None else np.log(values + shift)
    spread = float(on.std())
    return Scale(shift, float(on.mean()), spread if spread > 0 else 1.0, floor)
