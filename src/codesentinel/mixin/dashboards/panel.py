"""A dashboard as a record: rows of panels, what they ask, and how the answer is shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

GREEN, YELLOW, ORANGE, RED, BLUE, PURPLE = "green", "yellow", "orange", "red", "blue", "purple"
GRID_COLUMNS = 24


class Kind(StrEnum):
    """How an answer is shown; the values are Grafana's names of its panels."""

    TREND = "timeseries"
    STAT = "stat"
    GAUGE = "gauge"
    BARS = "bargauge"
    TABLE = "table"
    HEATMAP = "heatmap"
    STATES = "state-timeline"


INSTANT_KINDS = frozenset((Kind.TABLE, Kind.BARS, Kind.GAUGE))
"""These show one moment, the end of the time range; all others ask for the range."""


@dataclass(frozen=True, slots=True)
class Query:
    """PromQL, and how its series are called.

    Attributes:
        expr: the expression; rates look back ``$__rate_interval``, sums over the shown time ``$__range``.
        legend: template over labels; empty where the panel's own title says enough.
        instant: ask for the end of the time range alone, whatever the panel.
    """

    expr: str
    legend: str = ""
    instant: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A colour from this value on; the first step of a scale has no value."""

    value: float | None
    colour: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a value is called."""

    value: str
    text: str
    colour: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, in the order in which they stand.

    Attributes:
        source: the label, or ``Value #A`` for the first query's value.
        title: its heading.
        unit: of a value.
        steps: colours of a value, as its text's background.
        link: where a click leads; a URL below the server's root.
    """

    source: str
    title: str
    unit: str = ""
    decimals: int | None = None
    steps: tuple[Step, ...] = ()
    link: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel.

    Attributes:
        unit: one of Grafana's ids of units.
        width: of 24 columns.
        minimum: of the scale; 0 for a ratio.
        reducer: what a stat shows of a range of values.
        stacked: areas on top of one another, for parts of a whole.
        sparkline: the course behind a stat's number.
        columns: of a table; the first column is sorted by unless one is named by ``sorted_by``.
        may_be_empty: why no data is no mistake on a machine that runs nothing but our stack; empty for never.
        meanings: what values are called, for states.
    """

    kind: Kind
    title: str
    description: str
    queries: tuple[Query, ...]
    unit: str = "short"
    width: int = 8
    height: int = 8
    steps: tuple[Step, ...] = (Step(None, GREEN),)
    minimum: float | None = None
    maximum: float | None = None
    decimals: int | None = None
    reducer: str = "lastNotNull"
    stacked: bool = False
    sparkline: bool = True
    columns: tuple[Column, ...] = ()
    sorted_by: str = ""
    meanings: tuple[Meaning, ...] = ()
    may_be_empty: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Panels under a heading; collapsed where most machines have nothing to show there."""

    title: str
    panels: tuple[Panel, ...]
    collapsed: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """A choice that queries refer to, filled by a query of labels.

    Attributes:
        query: ``label_values(selector, label)``, which may refer to the variables before it.
        has_all: several at once, or all; otherwise exactly one.
        may_be_empty: why no value is no mistake, as for a panel.
    """

    name: str
    label: str
    query: str
    description: str
    has_all: bool = True
    may_be_empty: str = ""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One page.

    Attributes:
        name: file name without extension; ``codesentinel-<name>`` is the stable uid.
        span: how far back it looks when it is opened, as Grafana writes it: ``6h``.
    """

    name: str
    title: str
    description: str
    tags: tuple[str, ...]
    rows: tuple[Row, ...]
    variables: tuple[Variable, ...] = ()
    span: str = "6h"
    refresh: str = "30s"

    @property
    def uid(self) -> str:
        """What links and annotations refer to."""
        return f"codesentinel-{self.name}"

    @property
    def panels(self) -> tuple[Panel, ...]:
        """All panels, in the order of their ids, which begin at 1 and count the rows too."""
        return tuple(panel for row in self.rows for panel in row.panels)
