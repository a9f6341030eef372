"""Whether there is anything to explain: moments at which the service did clearly worse than at others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.model.bottleneck import Trouble
from codesentinel.stats.changepoint import find_jumps
from codesentinel.stats.grid import filled
from codesentinel.stats.two_groups import upper_group

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

LATENCY, ERRORS, THROUGHPUT = "latency", "errors", "throughput"
WORSE = 1.5
"""The worse moments are so many times as slow, at least."""
ERRORS_MORE = 0.02
_FEWEST = 6
_FEWEST_SHARE = 0.04
_MOST_SHARE = 0.9
_PICTURE = 60


class Service(NamedTuple):
    """How the service did at each of the equally spaced ``times``; NaN where nothing is known."""

    times: Floats
    latency: Floats
    errors: Floats
    load: Floats
    active: Floats

    @property
    def step_seconds(self) -> float:
        """From one moment to the next."""
        return float(self.times[1] - self.times[0])


class Seen(NamedTuple):
    """A trouble, the series that it shows in (more is worse), and at which moments."""

    trouble: Trouble
    series: Floats
    worse: Bools


def troubles(service: Service) -> list[Seen]:
    """Those that are there: slower by half, two failures more of a hundred, or less done though more wait."""
    found = []
    for name, unit, series in (
        (LATENCY, "seconds", service.latency),
        (ERRORS, "ratio", service.errors),
        (THROUGHPUT, "1/s", service.load),
    ):
        worse = _worse(name, series, service)
        if worse is not None:
            found.append(_seen(name, unit, series, worse, service))
    return found


def _worse(name: str, series: Floats, service: Service) -> Bools | None:
    known = np.isfinite(series) & (service.load > 0)
    if name == THROUGHPUT:
        worse = upper_group(-np.where(known, series, np.nan))
        less = name == THROUGHPUT
    else:
        scale = np.log(np.maximum(series, 1e-9)) if name == LATENCY else series
        worse, less = upper_group(np.where(known, scale, np.nan)), False
    share = worse.sum() / max(known.sum(), 1)
    if worse.sum() < _FEWEST or not _FEWEST_SHARE <= share <= _MOST_SHARE:
        return None
    usual, bad = float(np.median(series[known & ~worse])), float(np.median(series[worse]))
    if less:
        waits = _median(service.active[worse]) - _median(service.active[known & ~worse])
        return worse if bad * WORSE < usual and waits > 1 else None
    enough = bad >= WORSE * usual if name == LATENCY else bad >= usual + ERRORS_MORE
    return worse if enough else None


def _seen(name: str, unit: str, series: Floats, worse: Bools, service: Service) -> Seen:
    known = np.isfinite(series)
    trouble = Trouble(
        name=name,
        unit=unit,
        usual=float(np.median(series[known & ~worse])),
        worse=float(np.median(series[worse])),
        share_ratio=float(worse.sum() / known.sum()),
        since=float(service.times[began(series, worse)]),
        picture=picture(series),
    )
    return Seen(trouble, -series if name == THROUGHPUT else series, worse)


def began(series: Floats, worse: Bools) -> int:
    """The first moment at which it is worse and stays so, or the jump just before it."""
    lasting = [place for place in np.flatnonzero(worse) if worse[place : place + 3].sum() >= 2]
    first = int(lasting[0] if lasting else np.flatnonzero(worse)[0])
    jumps = [int(place) for place in find_jumps(filled(series)).places if first - 2 <= place <= first]
    return jumps[0] if jumps else first


def picture(series: Floats) -> tuple[float, ...]:
    """At most sixty values: the median of each stretch."""
    if not len(series):
        return ()
    parts = np.array_split(series, min(len(series), _PICTURE))
    return tuple(_median(part) for part in parts)


def _median(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")
