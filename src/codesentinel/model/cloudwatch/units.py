"""CloudWatch's units in base units: seconds, bytes, ratio 0..1, and these per second.

Prefixes are decimal, as the words say and as CloudWatch's own agent reads them: a kilobyte is 1000 bytes.
"""

from __future__ import annotations

from typing import NamedTuple


class Unit(NamedTuple):
    """A base unit as it stands in a name (empty for plain numbers), and the way to it: ``* times / over``.

    Two whole numbers instead of one fraction: 3 ms are then 0.003 s, and not the next float beside it.
    """

    base: str
    times: int = 1
    over: int = 1

    def convert(self, value: float) -> float:
        """The value in the base unit."""
        return value * self.times / self.over


_KILO, _MEGA, _GIGA, _TERA = 10**3, 10**6, 10**9, 10**12
_BITS = 8

_AMOUNTS = {
    "Bytes": Unit("bytes"),
    "Kilobytes": Unit("bytes", _KILO),
    "Megabytes": Unit("bytes", _MEGA),
    "Gigabytes": Unit("bytes", _GIGA),
    "Terabytes": Unit("bytes", _TERA),
    "Bits": Unit("bytes", 1, _BITS),
    "Kilobits": Unit("bytes", _KILO, _BITS),
    "Megabits": Unit("bytes", _MEGA, _BITS),
    "Gigabits": Unit("bytes", _GIGA, _BITS),
    "Terabits": Unit("bytes", _TERA, _BITS),
    "Count": Unit(""),
}

UNITS: dict[str, Unit] = {
    "Seconds": Unit("seconds"),
    "Milliseconds": Unit("seconds", 1, 10**3),
    "Microseconds": Unit("seconds", 1, 10**6),
    "Percent": Unit("ratio", 1, 100),
    "None": Unit(""),
    **_AMOUNTS,
    **{
        f"{name}/Second": unit._replace(base=f"{unit.base}_per_second".lstrip("_"))
        for name, unit in _AMOUNTS.items()
    },
}
"""Every unit that CloudWatch knows."""


def is_rate(unit: str) -> bool:
    """Whether it is an amount per second."""
    return unit.endswith("/Second")
