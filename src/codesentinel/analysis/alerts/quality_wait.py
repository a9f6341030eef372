"""How long a rule should wait before it fires, and how long go on after: computed from what it did.

A firing lasts ``keep_firing_for`` longer than its condition, which itself had held for ``for`` before. What
is left is how much longer ``for`` could have been. Where these lengths fall into two heaps, short ones that
ended by themselves and long ones, a wait between the two keeps the long ones and drops the others.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.model.duration import parse_duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.model.alert_quality import AlertRule, Firing

FLAP_SECONDS = 1800.0
"""A series that fires again so soon was not over."""

_FEWEST = 5
_APART = 2.0
"""The shortest of the long ones lasts at least twice as long as the longest of the short ones."""

_LONGEST_DELAY_SECONDS = {"P1": 300.0}
_LONGEST_OTHER_DELAY_SECONDS = 1800.0
_NICE = tuple(
    parse_duration(text)
    for text in "15s 30s 1m 2m 3m 4m 5m 6m 8m 10m 12m 15m 20m 25m 30m 40m 45m 1h 90m 2h 3h 4h".split()
)


class Wait(NamedTuple):
    """A longer ``for``: what it would have dropped, and what it would have delayed."""

    for_seconds: float
    dropped: int
    kept: int
    delay_seconds: float


class Keep(NamedTuple):
    """A longer ``keep_firing_for``: how many firings would have been how many."""

    keep_firing_seconds: float
    firings: int
    would_be: int


def better_wait(rule: AlertRule, whole: Sequence[Firing], attended: Sequence[bool]) -> Wait | None:
    """A ``for`` that drops at least half of the firings, none of which anybody acted on; None without one.

    It delays a page by five minutes at most, a ticket by half an hour.
    """
    spare = sorted(
        (max(one.seconds - rule.keep_firing_seconds, 0.0), acted)
        for one, acted in zip(whole, attended, strict=True)
    )
    if len(spare) < _FEWEST:
        return None
    most = _LONGEST_DELAY_SECONDS.get(rule.severity, _LONGEST_OTHER_DELAY_SECONDS)
    best: tuple[float, Wait] | None = None
    for dropped in range(math.ceil(len(spare) / 2), len(spare)):
        below, above = spare[dropped - 1][0], spare[dropped][0]
        apart = above / max(below, rule.interval_seconds)
        if apart < _APART or any(acted for _, acted in spare[:dropped]):
            continue
        for_seconds = _nice(rule.for_seconds + below, rule.for_seconds + above)
        delay = (for_seconds or math.inf) - rule.for_seconds
        if for_seconds is not None and delay <= most and (best is None or apart > best[0]):
            best = apart, Wait(for_seconds, dropped, len(spare) - dropped, delay)
    return best[1] if best else None


def flaps(firings: Sequence[Firing]) -> list[float]:
    """The pauses, within half an hour, after which a series fired again; ``firings`` by time."""
    ended: dict[tuple[tuple[str, str], ...], float] = {}
    pauses = []
    for one in firings:
        key = tuple(sorted(one.labels.items()))
        if key in ended and one.start - ended[key] <= FLAP_SECONDS:
            pauses.append(one.start - ended[key])
        ended[key] = one.end
    return pauses


def better_keep(rule: AlertRule, firings: Sequence[Firing]) -> Keep | None:
    """A ``keep_firing_for`` that makes one of what fired again and again; None where little did."""
    pauses = flaps(firings)
    if len(pauses) < _FEWEST - 2 or len(pauses) < len(firings) / 4:
        return None
    keep = _nice(rule.keep_firing_seconds + max(pauses), math.inf)
    return Keep(keep, len(firings), len(firings) - len(pauses)) if keep is not None else None


def _nice(above: float, below: float) -> float | None:
    """The smallest usual duration that is longer than ``above`` and not longer than ``below``."""
    return next((seconds for seconds in _NICE if above < seconds <= below), None)
