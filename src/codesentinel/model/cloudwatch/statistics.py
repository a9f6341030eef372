"""CloudWatch's statistics: which there are, what unit each has, and which are amounts of a whole period."""

from __future__ import annotations

import re

from codesentinel.model.cloudwatch.units import UNITS, Unit

_SIMPLE = ("SampleCount", "Sum", "Average", "Minimum", "Maximum", "IQM")
_SHORT = re.compile(r"(p|tm|wm|tc|ts)(\d{1,3}(?:\.\d{1,10})?)")
_LONG = re.compile(r"(TM|WM|TC|TS|PR)\((\d+(?:\.\d+)?)?(%?):(\d+(?:\.\d+)?)?(%?)\)")
_COUNTS = ("SampleCount", "tc", "TC")
_AMOUNTS = (*_COUNTS, "Sum", "ts", "TS")
_ALL = 100.0


def is_statistic(text: str) -> bool:
    """Whether CloudWatch knows it: ``Average``, ``p99.9``, ``tm90``, ``TM(10%:90%)``, ``PR(:300)``."""
    if text in _SIMPLE:
        return True
    if short := _SHORT.fullmatch(text):
        return float(short[2]) <= _ALL
    long = _LONG.fullmatch(text)
    if not long or not (long[2] or long[4]):
        return False
    kind, low, low_sign, high, high_sign = long.groups()
    signs = {sign for bound, sign in ((low, low_sign), (high, high_sign)) if bound}
    stray = (not low and low_sign) or (not high and high_sign)
    if stray or len(signs) != 1 or (kind == "PR" and signs != {""}):
        return False
    ordered = not (low and high) or float(low) < float(high)
    return ordered and (signs == {""} or max(float(low or 0), float(high or 0)) <= _ALL)


def is_amount(statistic: str) -> bool:
    """Whether it grows with the length of the period, as a sum does and an average does not."""
    return statistic.startswith(_AMOUNTS)


def unit_of(statistic: str, unit: str) -> Unit:
    """The unit of a statistic's values, less the period: counts have none, and ``PR`` is a percentage."""
    if statistic.startswith(_COUNTS):
        return UNITS["Count"]
    if statistic.startswith("PR"):
        return UNITS["Percent"]
    return UNITS[unit or "None"]


def convert(statistic: str, unit: str, period_seconds: float, value: float) -> float:
    """The value in base units; an amount becomes one per second."""
    converted = unit_of(statistic, unit).convert(value)
    return converted / period_seconds if is_amount(statistic) else converted


def spelled(statistic: str) -> str:
    """As a part of a name: ``sample_count``, ``p99_9``, ``tm_10pct_to_90pct``."""
    if statistic in _SIMPLE:
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", statistic).lower()
    text = statistic.lower().replace("%", "pct").replace(".", "_").rstrip(")")
    return text.replace("(", "_").replace(":", "_to_").replace("__", "_").rstrip("_")
