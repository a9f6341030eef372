"""Panels in their usual forms, the scales of colours that many share, and variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.mixin.catalog import services
from codesentinel.mixin.dashboards.panel import GREEN, ORANGE, RED, Kind, Panel, Query, Step

if TYPE_CHECKING:
    from codesentinel.mixin.dashboards.panel import Column

RATIO, SECONDS, REQUESTS, BYTES, BYTES_RATE = "percentunit", "s", "reqps", "bytes", "Bps"
COUNT, RATE, MOMENT, CORES = "short", "ops", "dateTimeFromNow", "short"


def scale(*bounds: tuple[float, str], below: str = GREEN) -> tuple[Step, ...]:
    """Colours from these values on; ``below`` is the colour under the first."""
    return (Step(None, below), *(Step(value, colour) for value, colour in bounds))


PLAIN = (Step(None, GREEN),)
ERROR_RATIO = scale((services.TICKET_ERROR_RATIO, ORANGE), (services.PAGE_ERROR_RATIO, RED))
LATENCY = scale((services.TICKET_P95_SECONDS, ORANGE), (services.PAGE_P95_SECONDS, RED))
FULLNESS = scale((0.8, ORANGE), (0.9, RED))
NONE_WANTED = scale((1, RED))
FEW_WANTED = scale((1, ORANGE))
UPTIME = scale((0.99, ORANGE), (0.999, GREEN), below=RED)


def trend(title: str, description: str, *queries: Query, **options: Any) -> Panel:
    """A course over time, a line for each series."""
    return Panel(Kind.TREND, title, description, queries, **{"minimum": 0, **options})


def stat(title: str, description: str, expr: str, **options: Any) -> Panel:
    """One number, with its course behind it."""
    instant = not options.get("sparkline", True)
    query = Query(expr, legend=title, instant=instant)
    return Panel(Kind.STAT, title, description, (query,), **{"width": 4, "height": 4, **options})


def gauge(title: str, description: str, *queries: Query, **options: Any) -> Panel:
    """A ratio on a dial, for each series."""
    form = {"width": 6, "height": 7, "unit": RATIO, "minimum": 0, "maximum": 1, "steps": FULLNESS}
    return Panel(Kind.GAUGE, title, description, queries, **{**form, **options})


def bars(title: str, description: str, *queries: Query, **options: Any) -> Panel:
    """A bar for each series, as it is at the end of the time range."""
    return Panel(Kind.BARS, title, description, queries, **{"minimum": 0, **options})


def table(
    title: str, description: str, exprs: tuple[str, ...], columns: tuple[Column, ...], **options: Any
) -> Panel:
    """A row for each set of labels, a column for each query."""
    queries = tuple(Query(expr) for expr in exprs)
    return Panel(Kind.TABLE, title, description, queries, columns=columns, **{"width": 24, **options})


def states(title: str, description: str, *queries: Query, **options: Any) -> Panel:
    """A band for each series, coloured by its value."""
    return Panel(Kind.STATES, title, description, queries, **{"width": 12, **options})


def heatmap(title: str, description: str, expr: str, **options: Any) -> Panel:
    """How a histogram's observations spread over time."""
    return Panel(Kind.HEATMAP, title, description, (Query(expr, legend="{{le}}"),), **options)
