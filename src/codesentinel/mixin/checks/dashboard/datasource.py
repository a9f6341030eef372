"""Whether a dashboard works with another data source than the author's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import objects, text
from codesentinel.mixin.checks.fill import references
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard

_BUILT_IN = ("-- Grafana --", "-- Dashboard --", "-- Mixed --", "grafana", "__expr__")


@dashboard_check(
    "dashboard/datasource",
    Level.ERROR,
    mend="""use one variable of the type datasource: {"type": "prometheus", "uid": "${datasource}"}""",
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every panel, query, variable and annotation uses a data source variable, and of each kind only one."""
    del world
    known = {v.name for v in dashboard.variables if v.type == "datasource"}
    first: dict[str, str] = {}
    for place, reference in _references(dashboard):
        uid = reference if isinstance(reference, str) else text(reference, "uid")
        kind = text(reference, "type") if isinstance(reference, dict) else ""
        if uid in _BUILT_IN or kind in ("grafana", "datasource"):
            continue
        names = references(uid)
        if not names:
            said = f"names the data source {uid!r}" if uid else "leaves the data source to Grafana's default"
            yield Fault(place, said)
        for name in sorted(names - known):
            yield Fault(place, f"names the data source ${name}, which is no variable of the type datasource")
        for name in names & known:
            if first.setdefault(kind, name) != name:
                yield Fault(place, f"uses ${name}, where others use ${first[kind]}")


def _references(dashboard: Dashboard) -> Iterator[tuple[str, Any]]:
    """Every place that has to name a data source, with what it names."""
    for panel in dashboard.panels:
        if panel.shows_data and panel.type:
            own = panel.raw.get("datasource")
            if own is not None or any(target.raw.get("datasource") is None for target in panel.targets):
                yield f"{panel.place}.datasource", own
            for target in panel.targets:
                if target.raw.get("datasource") is not None:
                    yield f"{target.place}.datasource", target.raw["datasource"]
    for variable in dashboard.variables:
        if variable.type in ("query", "adhoc"):
            yield f"{variable.place}.datasource", variable.raw.get("datasource")
    for n, annotation in objects(dashboard.raw, "annotations", "list"):
        if not annotation.get("builtIn"):
            yield f"annotations.list[{n}].datasource", annotation.get("datasource")
