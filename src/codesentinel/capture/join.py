"""Parts of series put together: each series once, each of its samples once, in the order of time."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.model.series import Series

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

_SHARED_KEPT = 8


class _Parts(NamedTuple):
    labels: Mapping[str, str]
    times: list[NDArray[np.float64]]
    values: list[NDArray[np.float64]]


def joined(parts: Iterable[Series]) -> list[Series]:
    """One series for each set of labels, in the order in which they were first seen.

    Of several samples at one moment the last is kept. Times that are the same arrays before are the same
    array afterwards. Parts are let go as they are used, so that little is held twice.
    """
    found: dict[tuple[tuple[str, str], ...], _Parts] = {}
    for part in parts:
        if len(part):
            key = tuple(sorted(part.labels.items()))
            known = found.get(key)
            if known is None:
                known = found[key] = _Parts(part.labels, [], [])
            known.times.append(part.times)
            known.values.append(part.values)
    recent: deque[tuple[list[NDArray[np.float64]], NDArray[np.float64]]] = deque(maxlen=_SHARED_KEPT)
    return [_one(found.pop(key), recent) for key in list(found)]


def _one(parts: _Parts, recent: deque[tuple[list[NDArray[np.float64]], NDArray[np.float64]]]) -> Series:
    labels, times, values = parts
    if len(times) == 1:
        return _rising(Series(labels, times[0], values[0]))
    for before, result in recent:
        if len(before) == len(times) and all(a is b for a, b in zip(before, times, strict=True)):
            return _rising(Series(labels, result, np.concatenate(values)))
    result = np.concatenate(times)
    result.flags.writeable = False
    recent.append((times, result))
    return _rising(Series(labels, result, np.concatenate(values)))


def _rising(series: Series) -> Series:
    times, values = series.times, series.values
    if not np.any(times[1:] <= times[:-1]):
        return series
    order = np.argsort(times, kind="stable")
    times, values = times[order], values[order]
    last = np.append(times[1:] != times[:-1], True)
    return Series(series.labels, times[last], values[last])
