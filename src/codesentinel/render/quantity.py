"""Amounts as people read them."""

from __future__ import annotations

_STEP = 1024.0


def bytes_text(amount: float | None) -> str:
    """``512B``, ``1.5K``, ``23.4M``: binary multiples, at most six characters; ``-`` where unknown."""
    if amount is None:
        return "-"
    for unit in ("B", "K", "M", "G", "T"):
        if abs(amount) < _STEP:
            return f"{amount:.0f}B" if unit == "B" else f"{amount:.1f}{unit}"
        amount /= _STEP
    return f"{amount:.1f}P"


def ratio_text(ratio: float | None) -> str:
    """A ratio as a percentage; ``-`` where unknown."""
    return "-" if ratio is None else f"{ratio * 100:.1f}%"


def seconds_text(seconds: float | None) -> str:
    """A length of time in one unit and one to three digits: ``3s``, ``12m``, ``5h``, ``20d``."""
    if seconds is None:
        return "-"
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds / size:.0f}{unit}"
    return f"{max(seconds, 0.0):.0f}s"
