"""Durations as people and Prometheus write them: ``90s``, ``5m``, ``1h30m``, ``7d``, ``2w``."""

from __future__ import annotations

import math
import re

_UNIT_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
_WHOLE = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|[smhdwy]))+")
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdwy])")


def parse_duration(text: str) -> float:
    """Seconds meant by ``text``; a bare number is seconds.

    Raises:
        ValueError: when it is not a duration.
    """
    text = text.strip()
    try:
        seconds = float(text)
    except ValueError:
        if not _WHOLE.fullmatch(text):
            raise ValueError(f"{text!r} is not a duration such as 90s, 5m, 24h or 7d") from None
        seconds = sum(float(number) * _UNIT_SECONDS[unit] for number, unit in _PART.findall(text))
    if not 0 <= seconds < float("inf"):
        raise ValueError(f"{text!r} is not a duration such as 90s, 5m, 24h or 7d")
    return seconds


def format_duration(seconds: float) -> str:
    """The two largest units, for people: ``3d 4h``, ``1m 30s``, ``0.4s``; ``unknown`` for no number."""
    if not math.isfinite(seconds):
        return "unknown"
    if seconds < 0:
        return f"-{format_duration(-seconds)}"
    if seconds < 60:
        return f"{seconds:.3g}s"
    parts = []
    left = round(seconds)
    for unit in ("y", "d", "h", "m", "s"):
        size = int(_UNIT_SECONDS[unit])
        if left >= size:
            parts.append(f"{left // size}{unit}")
            left %= size
    return " ".join(parts[:2])


def prometheus_duration(seconds: float) -> str:
    """One integer unit, as rule files want it: ``5m``, ``90s``, ``500ms``."""
    if seconds != int(seconds):
        return f"{round(seconds * 1000)}ms"
    whole = int(seconds)
    for unit in ("d", "h", "m"):
        size = int(_UNIT_SECONDS[unit])
        if whole and whole % size == 0:
            return f"{whole // size}{unit}"
    return f"{whole}s"
