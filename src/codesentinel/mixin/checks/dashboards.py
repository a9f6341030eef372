"""Dashboard: a parsed file with its panels in one row, whatever rows they are folded into."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from codesentinel.mixin.checks.fields import mapping, objects, text
from codesentinel.mixin.checks.fill import parse_template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.promql import Parsed

_PLAIN = ("row", "text", "dashlist", "alertlist", "news", "welcome", "annolist", "gettingstarted", "")
"""Types of panels that show no series of their own; the empty one is a library panel's."""

_QUERYLESS = ("-- Dashboard --", "-- Grafana --", "grafana")
"""Data sources whose targets hold no query in PromQL."""


@dataclass(frozen=True)
class Target:
    """One query of a panel."""

    place: str
    raw: dict[str, Any]
    datasource: str
    """The type of the data source, its uid where that says more, or empty."""

    @property
    def expr(self) -> str:
        """The query as it is written, variables and all."""
        return text(self.raw, "expr")

    @property
    def ref_id(self) -> str:
        """Its letter."""
        return text(self.raw, "refId")

    @property
    def is_instant(self) -> bool:
        """Whether it asks for one moment only."""
        return bool(self.raw.get("instant")) and not self.raw.get("range")

    @property
    def is_promql(self) -> bool:
        """Whether a Prometheus is asked."""
        other = self.datasource not in ("", "prometheus") and not self.datasource.startswith(
            ("$", "-- Mixed")
        )
        return not other and ("expr" in self.raw or self.datasource == "prometheus")


@dataclass(frozen=True)
class Panel:
    """One panel. ``container`` is the place of the collapsed row that it is folded into, or empty."""

    place: str
    raw: dict[str, Any]
    container: str = ""

    @property
    def type(self) -> str:
        """Such as ``timeseries``; empty for a library panel."""
        return text(self.raw, "type")

    @property
    def title(self) -> str:
        """As it is shown."""
        return text(self.raw, "title")

    @property
    def is_row(self) -> bool:
        """Whether it is a heading."""
        return self.type == "row"

    @property
    def shows_data(self) -> bool:
        """Whether it is to show series."""
        return self.type not in _PLAIN and text(self.raw, "datasource", "uid") not in _QUERYLESS

    @property
    def unit(self) -> str:
        """The unit of its values; empty where none is set."""
        return text(self.raw, "fieldConfig", "defaults", "unit")

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """Its queries, in order."""
        own = _datasource(self.raw.get("datasource"))
        return tuple(
            Target(f"{self.place}.targets[{n}]", raw, _datasource(raw.get("datasource")) or own)
            for n, raw in objects(self.raw, "targets")
        )


@dataclass(frozen=True)
class Variable:
    """One template variable."""

    place: str
    raw: dict[str, Any]

    @property
    def name(self) -> str:
        """Without the dollar."""
        return text(self.raw, "name")

    @property
    def type(self) -> str:
        """Such as ``query``, ``custom`` or ``datasource``."""
        return text(self.raw, "type")

    @property
    def query(self) -> str:
        """What its values are made of; the query of a query variable is text, or an object that holds it."""
        return text(self.raw, "query") or text(self.raw, "query", "query") or text(self.raw, "definition")

    @property
    def is_many(self) -> bool:
        """Whether it can hold more values than one."""
        return bool(self.raw.get("multi") or self.raw.get("includeAll"))


@dataclass(frozen=True)
class Dashboard:
    """One dashboard of a file. ``prefix`` stands before every place where the file wraps the dashboard."""

    file: str
    raw: dict[str, Any]
    prefix: str = ""
    envelope: dict[str, Any] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """The folder of the file, which Grafana's provisioning takes for a folder of dashboards."""
        return self.file.rpartition("/")[0]

    @property
    def uid(self) -> str:
        """Its name in links."""
        return text(self.raw, "uid")

    @property
    def title(self) -> str:
        """Its name for people."""
        return text(self.raw, "title")

    @cached_property
    def panels(self) -> tuple[Panel, ...]:
        """All panels, those in collapsed rows and in rows of the old kind among them."""
        return tuple(_panels(self.raw, "panels", "")) + tuple(
            panel
            for n, row in objects(self.raw, "rows")
            for panel in _panels(row, f"rows[{n}].panels", f"rows[{n}]")
        )

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        """All template variables, in the order in which they are resolved."""
        return tuple(
            Variable(f"templating.list[{n}]", raw) for n, raw in objects(self.raw, "templating", "list")
        )

    @cached_property
    def queries(self) -> tuple[tuple[Panel, Target], ...]:
        """Every query in PromQL that is not empty, with its panel."""
        return tuple((p, t) for p in self.panels for t in p.targets if t.is_promql and t.expr.strip())

    @cached_property
    def trees(self) -> tuple[tuple[Panel, Target, Parsed], ...]:
        """Every query parsed, with what is known of the variables filled in."""
        known = self.known_values
        return tuple((p, t, parse_template(t.expr, known)) for p, t in self.queries)

    @cached_property
    def known_values(self) -> dict[str, str]:
        """A value of each variable that has one without a server."""
        found = {}
        for variable in self.variables:
            if variable.type in ("constant", "textbox"):
                found[variable.name] = variable.query
            elif variable.type in ("custom", "interval") and variable.query:
                first = variable.query.split(",")[0]
                found[variable.name] = first.rpartition(" : ")[2].strip()
        return found

    def subject(self, place: str) -> str:
        """What stands at a place, in the words of its title."""
        for panel in sorted(self.panels, key=lambda p: -len(p.place)):
            if place == panel.place or place.startswith((f"{panel.place}.", f"{panel.place}[")):
                return f"panel {panel.title!r}" if panel.title else "panel without a title"
        for variable in self.variables:
            if place == variable.place or place.startswith(f"{variable.place}."):
                return f"variable {variable.name!r}"
        return f"dashboard {self.title!r}"


def _panels(holder: dict[str, Any], path: str, container: str) -> Iterator[Panel]:
    for n, raw in objects(holder, "panels"):
        place = f"{path}[{n}]"
        yield Panel(place, raw, container)
        if text(raw, "type") == "row" and not container:
            yield from _panels(raw, f"{place}.panels", place)


def _datasource(reference: Any) -> str:
    if isinstance(reference, str):  # by its name, which says nothing of its type
        return reference if reference.startswith(("$", "--")) else ""
    return text(reference, "type") or text(reference, "uid")


def looks_like_dashboard(document: Any) -> bool:
    """Whether a JSON document is meant as a dashboard, of whatever age."""
    return isinstance(document, dict) and (
        any(key in document for key in ("panels", "schemaVersion", "templating", "rows"))
        or bool(mapping(document, "dashboard"))
        or text(document, "apiVersion").startswith("dashboard.grafana.app/")
    )


def dashboard_of(file: str, document: dict[str, Any]) -> Dashboard:
    """The dashboard in a document; what wraps it is kept as its ``envelope``."""
    for key in ("dashboard", "spec"):
        inner = mapping(document, key)
        if inner and "panels" not in document:
            return Dashboard(file, inner, f"{key}.", document)
    return Dashboard(file, document)
