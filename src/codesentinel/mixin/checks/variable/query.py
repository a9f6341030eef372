"""Whether variables can be resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import text
from codesentinel.mixin.checks.fill import parse_template
from codesentinel.mixin.checks.questions import variable_query
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check(
    "variable/query",
    Level.ERROR,
    mend="use label_values(metric, label), label_names(), metrics() or query_result()",
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every query variable asks by one of Grafana's functions, and what it selects parses."""
    del world
    for variable in dashboard.variables:
        if variable.type not in ("query", "interval", "custom", "datasource"):
            continue
        place = f"{variable.place}.query"
        if not variable.query.strip():
            yield Fault(place, "has no query")
        elif variable.type == "query" and text(variable.raw, "datasource", "type") in ("prometheus", ""):
            asked = variable_query(variable.query)
            if not asked.kind:
                yield Fault(place, f"asks {variable.query!r}, which is none of the functions for variables")
            elif asked.kind in ("label_values", "query_result") and asked.argument:
                error = parse_template(asked.argument, dashboard.known_values).error
                if error:
                    yield Fault(place, f"selects {asked.argument!r}: {error}")
