"""Whether the annotations of a dashboard can be drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import objects, text
from codesentinel.mixin.checks.fill import parse_template
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check("dashboard/annotation", Level.ERROR, mend="mend the query of the annotation, or remove it")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every annotation has a name and a query that parses."""
    del world
    for n, annotation in objects(dashboard.raw, "annotations", "list"):
        place = f"annotations.list[{n}]"
        if annotation.get("builtIn") or text(annotation, "datasource", "type") in ("grafana", "datasource"):
            continue
        if not text(annotation, "name"):
            yield Fault(place, "has an annotation without a name")
        expr = text(annotation, "expr") or text(annotation, "target", "expr")
        if text(annotation, "datasource", "type") not in ("prometheus", ""):
            continue
        if not expr:
            yield Fault(place, f"has the annotation {text(annotation, 'name')!r} without a query")
            continue
        parsed = parse_template(expr, dashboard.known_values)
        if parsed.error:
            yield Fault(f"{place}.expr", f"has the annotation {text(annotation, 'name')!r}: {parsed.error}")
