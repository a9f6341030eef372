"""Interval: an estimate and its bounds."""

from __future__ import annotations

from typing import NamedTuple


class Interval(NamedTuple):
    """An estimate with the bounds of its interval; None where there is too little for a bound."""

    estimate: float
    lower: float | None
    upper: float | None
