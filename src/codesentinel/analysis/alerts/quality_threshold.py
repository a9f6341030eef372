"""Which threshold would have kept what matters: for rules of the form ``expression > number``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codesentinel.model.alert_quality import Firing
    from codesentinel.model.series import Series

_COMPARED = re.compile(
    r"(?P<left>.*\S)\s*(?P<operator>>=?|<=?)\s*(?P<number>-?[0-9.]+(?:e[+-]?[0-9]+)?)\s*", re.DOTALL
)
_LOGIC = re.compile(r"\b(and|or|unless|bool)\b")
_FEWEST = 5
_DIGITS = 2


class Comparison(NamedTuple):
    """An expression that is compared to a number."""

    left: str
    operator: str
    number: float


class Threshold(NamedTuple):
    """A number farther off: how many firings would have been left, of those looked at."""

    operator: str
    present: float
    proposed: float
    kept: int
    firings: int


def comparison(query: str) -> Comparison | None:
    """The parts of a query that is one comparison to a number; None of any other."""
    found = _COMPARED.fullmatch(query.strip())
    if not found or _LOGIC.search(query):
        return None
    left = found["left"]
    if left.count("(") != left.count(")"):
        return None
    return Comparison(left, found["operator"], float(found["number"]))


def better_threshold(
    compared: Comparison,
    for_seconds: float,
    firings: Sequence[Firing],
    attended: Sequence[bool],
    values: Sequence[Series],
) -> Threshold | None:
    """A number that at least half of the firings did not reach, none of which somebody acted on.

    What counts is the level that a firing held for as long as the rule waits: its highest lowest value.
    """
    sign = 1.0 if compared.operator.startswith(">") else -1.0
    levels = []
    for firing, acted in zip(firings, attended, strict=True):
        level = _level(firing, for_seconds, values, sign)
        if level is not None:
            levels.append((level, acted))
    levels.sort()
    if len(levels) < _FEWEST:
        return None
    dropped = 0
    while dropped < len(levels) and not levels[dropped][1]:
        dropped += 1  # up to the first that somebody acted on
    if dropped == len(levels):
        dropped -= max(len(levels) // 10, 1)  # the worst are worth knowing of
    if dropped < len(levels) / 2:
        return None
    proposed = sign * _rounded(levels[dropped - 1][0], levels[dropped][0])
    return Threshold(compared.operator, compared.number, proposed, len(levels) - dropped, len(levels))


def _level(firing: Firing, for_seconds: float, values: Sequence[Series], sign: float) -> float | None:
    """The highest level, seen in the direction of the comparison, that was held for ``for_seconds``."""
    begin = firing.start - for_seconds
    best: float | None = None
    for series in values:
        if not _same(series.labels, firing.labels):
            continue
        inside = (series.times >= begin) & (series.times <= firing.end) & np.isfinite(series.values)
        times, held = series.times[inside], sign * series.values[inside]
        for index, time in enumerate(times):
            stop = int(np.searchsorted(times, time + for_seconds, side="right"))
            if times[-1] - time >= for_seconds or index == 0:
                level = float(held[index:stop].min())
                best = level if best is None else max(best, level)
    return best


def _same(labels: Mapping[str, str], firing: Mapping[str, str]) -> bool:
    return all(firing.get(name) == value for name, value in labels.items() if name != "__name__")


def _rounded(below: float, above: float) -> float:
    """A short number between the two, not below the first."""
    middle = (below + above) / 2
    for digits in range(_DIGITS, 9):
        short = float(f"{middle:.{digits}g}")
        if below <= short < above or below == above == short:
            return short
    return middle
