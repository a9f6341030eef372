"""Where panels stand: rows from top to bottom, panels from left to right in 24 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codesentinel.mixin.dashboards.panel import GRID_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.dashboards.panel import Dashboard, Panel, Row


class Place(NamedTuple):
    """Where one panel stands, and its number on the page."""

    id: int
    x: int
    y: int
    w: int
    h: int


class Placed(NamedTuple):
    """A row and its panels, each with its place."""

    row: Row
    place: Place
    panels: tuple[tuple[Panel, Place], ...]


def placed(dashboard: Dashboard) -> Iterator[Placed]:
    """Every row in its place; rows and panels are numbered together, from 1, in reading order."""
    number, top = 0, 0
    for row in dashboard.rows:
        number += 1
        heading = Place(number, 0, top, GRID_COLUMNS, 1)
        top += 1
        panels = list(_flowing(row, number, top))
        number += len(panels)
        yield Placed(row, heading, tuple(panels))
        if not row.collapsed:  # a collapsed row takes one line: what is below moves up
            top = max((place.y + place.h for _, place in panels), default=top)


def _flowing(row: Row, number: int, top: int) -> Iterator[tuple[Panel, Place]]:
    x, line = 0, 0
    for count, panel in enumerate(row.panels, start=1):
        if x + panel.width > GRID_COLUMNS:
            top, x, line = top + line, 0, 0
        yield panel, Place(number + count, x, top, panel.width, panel.height)
        x, line = x + panel.width, max(line, panel.height)
