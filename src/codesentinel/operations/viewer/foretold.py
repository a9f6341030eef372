"""Forecasts for a browser: made in a process of its own, a few at a time, and with what they rest on."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from codesentinel.model.duration import parse_duration
from codesentinel.model.errors import CouldNotJudge, UsageError
from codesentinel.operations.aside import aside
from codesentinel.operations.trends.forecast import LEVEL, forecast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codesentinel.model.forecast import Forecast
    from codesentinel.operations.base import Context

MOST_SERIES = 12
_AT_ONCE = 2
_PATIENCE_SECONDS = 5.0
_LONGEST_SECONDS = 45.0
_LONGEST_QUERY = 4000
_BUDGET_SECONDS = 0.3
_HORIZONS_SHOWN = 4
_NAMES = {"query", "horizon", "since", "level"}


class Foretold:
    """Answers ``/api/forecast``. A forecast takes seconds of a core, so that only two are made at once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._room = threading.BoundedSemaphore(_AT_ONCE)

    def get(self, words: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """The document for the words of an address: ``query``, ``horizon``, ``since`` and ``level``.

        Raises:
            UsageError: a word is unknown or makes no sense, or there is no query.
            CouldNotJudge: it took too long, or others are being made.
            BadQuery, NoData, Unreachable, BadAnswer, NotInstalled: as the forecast itself.
        """
        asked = _asked(words)
        if not self._room.acquire(timeout=_PATIENCE_SECONDS):
            raise CouldNotJudge(f"{_AT_ONCE} other forecasts are being made; ask again in a moment")
        try:
            return aside(self._context, _LONGEST_SECONDS, foretell, **asked)
        finally:
            self._room.release()


def foretell(
    context: Context, *, query: str, horizon_seconds: float, since_seconds: float | None, level: float
) -> dict[str, Any]:
    """The forecasts of the first dozen series, each with the end of its history."""
    done = forecast(
        context,
        query,
        horizon_seconds=horizon_seconds,
        since_seconds=since_seconds,
        level=level,
        budget_seconds=_BUDGET_SECONDS,
        engine="here",
    )
    shown = done.series[:MOST_SERIES]
    return {
        "source": done.source,
        "query": query,
        "series": [one.as_document() | {"history": _history(one)} for one in shown],
        "left_out": len(done.series) - len(shown),
    }


def _history(one: Forecast) -> dict[str, list[float]]:
    times, values = one.history
    if len(times):
        recent = times >= times[-1] - _HORIZONS_SHOWN * one.horizon_seconds
        times, values = times[recent], values[recent]
    return {"times": times.tolist(), "values": values.tolist()}


def _asked(words: Sequence[tuple[str, str]]) -> dict[str, Any]:
    given: Mapping[str, str] = dict(words)
    unknown = sorted(given.keys() - _NAMES)
    if unknown:
        raise UsageError(f"no parameter of a forecast: {', '.join(unknown)[:100]}")
    query = given.get("query", "").strip()
    if not query or len(query) > _LONGEST_QUERY:
        raise UsageError("a query in PromQL is needed, of at most 4000 characters")
    try:
        horizon = parse_duration(given.get("horizon") or "24h")
        since = parse_duration(given["since"]) if given.get("since") else None
        level = float(given.get("level") or LEVEL)
    except ValueError as exc:
        raise UsageError(str(exc)) from exc
    return {"query": query, "horizon_seconds": horizon, "since_seconds": since, "level": level}
