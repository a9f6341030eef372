"""Time to completion where some runs never completed: they are censored, not left out.

A run that was aborted after a minute says that it would have taken longer than a minute. Averaging only those
that completed calls slow procedures quick.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CENSORED = -1


class Duration(NamedTuple):
    """So many runs took so long and ended by a cause: a small whole number, or ``CENSORED``."""

    seconds: float
    cause: int
    runs: int


class Step(NamedTuple):
    """What is known just after a moment.

    Attributes:
        seconds: the moment.
        surviving: share that has not ended by any cause yet, by Kaplan and Meier (1958).
        ended: share that has ended by each cause, by Aalen and Johansen (1978); with ``surviving`` they
            make 1.
    """

    seconds: float
    surviving: float
    ended: tuple[float, ...]


def incidence(durations: Iterable[Duration], causes: int) -> list[Step]:
    """A step for each moment at which something ended; ties of an end and a censoring count the end first.

    With one cause, ``surviving`` is the Kaplan-Meier curve. It assumes that censored runs were as far from
    their end as the others: agents abort what drags, so that it is the time "if it were not aborted".
    """
    ordered = sorted(durations, key=itemgetter(0))
    at_risk = sum(one.runs for one in ordered)
    surviving, ended = 1.0, [0.0] * causes
    steps: list[Step] = []
    for seconds, group in groupby(ordered, key=itemgetter(0)):
        counts = [0] * causes
        leaving = 0
        for one in group:
            leaving += one.runs
            if one.cause != CENSORED:
                counts[one.cause] += one.runs
        if any(counts):
            for cause, count in enumerate(counts):
                ended[cause] += surviving * count / at_risk
            surviving *= 1 - sum(counts) / at_risk
            steps.append(Step(seconds, surviving, tuple(ended)))
        at_risk -= leaving
    return steps


def survival_quantile(steps: Sequence[Step], q: float) -> float | None:
    """When the share ``q`` has ended; None where the curve does not come down to it."""
    return next((step.seconds for step in steps if step.surviving <= 1 - q + 1e-12), None)
