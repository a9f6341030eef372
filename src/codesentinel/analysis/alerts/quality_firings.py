"""From the stored samples of ``ALERTS`` to firings: when each series of an alert began and ended to fire."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.model.alert_quality import Firing
from codesentinel.stats.staleness import is_stale

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from codesentinel.model.series import Series

_MISSED_EVALUATIONS = 2.5
"""So far apart two samples still belong together: one evaluation may be lost."""

_NOT_IDENTITY = ("__name__", "alertstate")


def firings(
    series: Iterable[Series],
    interval_seconds: Mapping[tuple[str, str], float],
    covered: Covered,
) -> list[Firing]:
    """The firings in series of ``ALERTS``, by series and time.

    ``interval_seconds`` is how often each rule, by name and severity, is evaluated. A gap in which nothing
    at all is on record ends no firing: the server was down, and the alert went on or not.
    """
    found: list[Firing] = []
    for one in series:
        labels = {name: value for name, value in one.labels.items() if name not in _NOT_IDENTITY}
        pace = interval_seconds.get(rule_key(labels), covered.step_seconds)
        found += _of_one(labels, one, pace, covered)
    return sorted(found, key=lambda f: (f.start, f.end))


def rule_key(labels: Mapping[str, str]) -> tuple[str, str]:
    """Name and severity, by which a rule is known."""
    return labels.get("alertname", ""), labels.get("severity", "")


class Covered:
    """Which time is on record at all: ``times`` (epoch seconds) are the steps at which something was."""

    def __init__(self, times: NDArray[np.float64], step_seconds: float, since: float, until: float) -> None:
        self.times = np.sort(times)
        self.step_seconds = step_seconds
        self.since = since
        self.until = until

    @property
    def seconds(self) -> float:
        """How much it is together."""
        return min(len(self.times) * self.step_seconds, self.until - self.since)

    def is_blind(self, start: float, end: float) -> bool:
        """Whether most of the time between is not on record."""
        steps = np.searchsorted(self.times, end) - np.searchsorted(self.times, start, side="right")
        expected = (end - start) / self.step_seconds
        return bool(expected >= 1 and steps < expected / 2)


def _of_one(
    labels: Mapping[str, str], series: Series, pace_seconds: float, covered: Covered
) -> Sequence[Firing]:
    order = np.argsort(series.times, kind="stable")
    times, stale = series.times[order], is_stale(series.values[order])
    longest = _MISSED_EVALUATIONS * pace_seconds
    found: list[Firing] = []
    start = last = None
    for time, ends in zip(times.tolist(), stale.tolist(), strict=True):
        if start is None or last is None:
            if not ends:
                start = last = time
            continue
        if time - last > longest and not covered.is_blind(last, time):
            found.append(Firing(labels, start, last + pace_seconds))
            start = last = None if ends else time
        elif ends:
            found.append(Firing(labels, start, time))
            start = last = None
        else:
            last = time
    if start is not None and last is not None:
        found.append(Firing(labels, start, last + pace_seconds))
    return [_bounded(one, longest, covered) for one in found]


def _bounded(firing: Firing, longest: float, covered: Covered) -> Firing:
    """Marked where it reaches to an end of what was looked at."""
    whole = firing.start > covered.since + longest and firing.end < covered.until - longest
    return firing._replace(end=min(firing.end, covered.until), whole=whole)
