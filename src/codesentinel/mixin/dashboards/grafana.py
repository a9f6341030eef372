"""A dashboard as Grafana's SDK builds it: the page around the panels. Imports the SDK."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codesentinel.mixin.dashboards.grafana_panel import DATASOURCE, grafana_panel
from codesentinel.mixin.dashboards.layout import placed
from codesentinel.mixin.dashboards.normal import normal_text
from codesentinel.mixin.dashboards.sdk import JSONEncoder, build, build_query
from codesentinel.mixin.dashboards.sdk import dashboard as model

if TYPE_CHECKING:
    from codesentinel.mixin.dashboards.layout import Placed
    from codesentinel.mixin.dashboards.panel import Dashboard, Variable

TAG = "codesentinel"


def dashboard_json(dashboard: Dashboard) -> str:
    """The text of ``<name>.json``: the same record gives the same bytes."""
    built = (
        build.Dashboard(dashboard.title)
        .uid(dashboard.uid)
        .description(dashboard.description)
        .tags([TAG, *dashboard.tags])
        .readonly()
        .timezone("browser")
        .tooltip(model.DashboardCursorSync.CROSSHAIR)
        .time(f"now-{dashboard.span}", "now")
        .refresh(dashboard.refresh)
        .link(_related())
        .with_variable(_datasource())
    )
    for variable in dashboard.variables:
        built.with_variable(_variable(variable))
    for annotation in (_deployments(), _alerts()):
        built.annotation(annotation)
    for row in placed(dashboard):
        _add_row(built, row)
    document: dict[str, Any] = json.loads(json.dumps(built.build(), cls=JSONEncoder))
    return normal_text(document)


def _add_row(built: build.Dashboard, placed_row: Placed) -> None:
    row, place, panels = placed_row
    heading = build.Row(row.title).id(place.id).collapsed(row.collapsed)
    heading.grid_pos(model.GridPos(h=1, w=place.w, x=0, y=place.y))
    if row.collapsed:
        for panel, where in panels:
            heading.with_panel(grafana_panel(panel, where))
    built.with_row(heading)
    if not row.collapsed:
        for panel, where in panels:
            built.with_panel(grafana_panel(panel, where))


def _related() -> build.DashboardLink:
    return (
        build.DashboardLink("codesentinel")
        .type(model.DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .icon("external link")
        .tooltip("The other dashboards, for the same time and choices")
        .as_dropdown(True)
        .keep_time(True)
        .include_vars(True)
    )


def _datasource() -> build.DatasourceVariable:
    return (
        build.DatasourceVariable("datasource")
        .label("Data source")
        .description("Prometheus, or the long history.")
        .type("prometheus")
    )


def _variable(variable: Variable) -> build.QueryVariable:
    built = (
        build.QueryVariable(variable.name)
        .label(variable.label)
        .description(variable.description)
        .datasource(DATASOURCE)
        .query({"qryType": 1, "query": variable.query, "refId": f"variable-{variable.name}"})
        .definition(variable.query)
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(model.VariableSort.ALPHABETICAL_ASC)
    )
    if not variable.has_all:
        return built
    everything = model.VariableOption(selected=True, text=["All"], value=["$__all"])
    return built.multi(True).include_all(True).all_value(".*").current(everything)


def _deployments() -> build.AnnotationQuery:
    """A mark where a deployment ended; the value of the series is the moment."""
    return _annotation(
        "Deployments",
        "codesentinel_deployment_timestamp_seconds * 1000",
        colour="blue",
        title="{{service}} {{status}}",
        text="{{service}} to {{environment}}: {{status}}",
        tags="status,environment",
    ).use_value_for_time(True)


def _alerts() -> build.AnnotationQuery:
    """A band for as long as an alert fires."""
    return _annotation(
        "Alerts",
        'ALERTS{alertstate="firing",severity=~"P1|P2"}',
        colour="red",
        title="{{alertname}}",
        text="{{severity}} {{alertname}} {{service}} {{instance}}",
        tags="severity",
    ).use_value_for_time(False)


def _annotation(
    name: str, expr: str, *, colour: str, title: str, text: str, tags: str
) -> build.AnnotationQuery:
    target = build_query.Dataquery().ref_id(name).expr(expr).datasource(DATASOURCE).range()
    return (
        build.AnnotationQuery()
        .name(name)
        .datasource(DATASOURCE)
        .enable(True)
        .icon_color(colour)
        .target(target)
        .title_format(title)
        .text_format(text)
        .tag_keys(tags)
        .step("60s")
    )
