"""Forecasts for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.duration import format_duration
from codesentinel.model.timestamp import rfc3339
from codesentinel.render.ascii import escaped
from codesentinel.render.process_text import aligned
from codesentinel.render.query_text import selector

if TYPE_CHECKING:
    from codesentinel.model.forecast import Forecast, Forecasts

_HEAD = ("AT (UTC)", "FORECAST", "LOWER", "UPPER")
_ROWS = 12


def forecast_text(done: Forecasts) -> str:
    """Each series with a dozen of its steps, then what could not be judged."""
    lines: list[str] = []
    for one in done.series:
        name = escaped(selector(one.labels))
        if one.reason:
            lines.append(f"could not judge {name}, because {escaped(one.reason)}")
        else:
            lines += [name, *(f"  {line}" for line in _table(one)), f"  {_told(one)}"]
        lines += [f"  note: {escaped(note)}" for note in one.notes]
    if done.output:
        lines.append(f"written: {escaped(done.output)}")
    if done.written_samples:
        lines.append(f"written back: {done.written_samples} samples of codesentinel_forecast")
    return "\n".join([*lines, f"{done.judged} of {len(done.series)} series forecast; {escaped(done.source)}"])


def _table(one: Forecast) -> list[str]:
    count = len(one.times)
    every = -(-count // _ROWS)
    rows = [
        (
            rfc3339(float(one.times[at]))[:16].replace("T", " "),
            *(f"{float(values[at]):.6g}" for values in (one.mean, one.lower, one.upper)),
        )
        for at in range(every - 1, count, every)
    ]
    return aligned([_HEAD, *rows], right=(1, 2, 3))


def _told(one: Forecast) -> str:
    seasons = ", ".join(format_duration(season) for season in one.season_seconds)
    parts = [
        f"{one.level:.0%} interval",
        f"every {format_duration(one.step_seconds)}",
        f"seasons: {seasons or 'none'}",
        f"by {one.model}",
    ]
    if one.backtest_error is not None and one.naive_error:
        parts.append(f"mean error on its past {one.backtest_error:.4g} (naive {one.naive_error:.4g})")
    if one.backtest_coverage is not None:
        parts.append(f"held {one.backtest_coverage:.0%} of the newest third of it")
    return "; ".join(parts)
