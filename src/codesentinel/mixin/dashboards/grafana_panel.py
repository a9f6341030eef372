"""A panel as Grafana's SDK builds it. Imports the SDK, which only a build needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.mixin.dashboards.panel import INSTANT_KINDS, Kind
from codesentinel.mixin.dashboards.sdk import (
    bargauge,
    build,
    build_query,
    common,
    dashboard,
    gauge,
    heatmap,
    prometheus,
    stat,
    statetimeline,
    table,
    timeseries,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.mixin.dashboards.layout import Place
    from codesentinel.mixin.dashboards.panel import Column, Panel, Query, Step

DATASOURCE = common.DataSourceRef(type_val="prometheus", uid="${datasource}")

_FORMATS = {Kind.TABLE: prometheus.PromQueryFormat.TABLE, Kind.HEATMAP: prometheus.PromQueryFormat.HEATMAP}
_WIDE = 16  # columns from which a legend has room for figures at the right
_INSTANT_STAT = common.BigValueGraphMode.NONE


def grafana_panel(panel: Panel, place: Place) -> build.Panel:
    """The SDK's builder of this panel."""
    options, custom = _looks(panel)
    built = (
        build.Panel()
        .type(panel.kind.value)
        .id(place.id)
        .title(panel.title)
        .description(panel.description)
        .datasource(DATASOURCE)
        .grid_pos(dashboard.GridPos(h=place.h, w=place.w, x=place.x, y=place.y))
        .targets([_target(panel, query, index) for index, query in enumerate(panel.queries)])
        .unit(panel.unit)
        .thresholds(_thresholds(panel.steps))
        .color_scheme(build.FieldColor().mode(_colours(panel)))
        .options(options)
    )
    for name in ("minimum", "maximum", "decimals"):
        value = getattr(panel, name)
        if value is not None:
            setter = {"minimum": built.min, "maximum": built.max, "decimals": built.decimals}[name]
            setter(value)
    if custom is not None:
        built.custom(custom)
    if panel.meanings:
        results = {m.value: dashboard.ValueMappingResult(text=m.text, color=m.colour) for m in panel.meanings}
        built.mappings([dashboard.ValueMap(options=results)])
    if panel.kind is Kind.TABLE:
        _as_table(built, panel)
    return built


def ref(index: int) -> str:
    """The name of the query with this index: A, B, C."""
    return chr(ord("A") + index)


def _target(panel: Panel, query: Query, index: int) -> build_query.Dataquery:
    built = build_query.Dataquery().ref_id(ref(index)).expr(query.expr).datasource(DATASOURCE)
    built.format(_FORMATS.get(panel.kind, prometheus.PromQueryFormat.TIME_SERIES)).legend_format(
        query.legend or "__auto"
    )
    return built.instant() if query.instant or panel.kind in INSTANT_KINDS else built.range()


def _thresholds(steps: tuple[Step, ...]) -> build.ThresholdsConfig:
    return (
        build.ThresholdsConfig()
        .mode(dashboard.ThresholdsMode.ABSOLUTE)
        .steps([dashboard.Threshold(value=step.value, color=step.colour) for step in steps])
    )


def _colours(panel: Panel) -> dashboard.FieldColorModeId:
    by_series = panel.kind is Kind.TREND
    return dashboard.FieldColorModeId.PALETTE_CLASSIC if by_series else dashboard.FieldColorModeId.THRESHOLDS


def _looks(panel: Panel) -> tuple[object, object | None]:
    """The options and the field options that this kind of panel has."""
    reduced = common.ReduceDataOptions(calcs=[panel.reducer], fields="", values=False)
    tooltip = common.VizTooltipOptions(mode=common.TooltipDisplayMode.MULTI, sort=common.SortOrder.DESCENDING)
    match panel.kind:
        case Kind.TREND:
            return timeseries.Options(legend=_legend(panel), tooltip=tooltip), _lines(panel)
        case Kind.STAT:
            area = common.BigValueGraphMode.AREA if panel.sparkline else _INSTANT_STAT
            return _stat(area, reduced), None
        case Kind.GAUGE:
            return gauge.Options(reduce_options=reduced, orientation=common.VizOrientation.AUTO), None
        case Kind.BARS:
            return _bars(reduced), None
        case Kind.STATES:
            shown = common.VizLegendOptions(
                display_mode=common.LegendDisplayMode.LIST,
                placement=common.LegendPlacement.BOTTOM,
                show_legend=True,
                calcs=[],
            )
            look = statetimeline.Options(
                show_value=common.VisibilityMode.NEVER,
                align_value=common.TimelineValueAlignment.LEFT,
                legend=shown,
                tooltip=tooltip,
            )
            return look, statetimeline.FieldConfig(fill_opacity=80)
        case Kind.HEATMAP:
            return _heat(panel), heatmap.FieldConfig()
        case Kind.TABLE:
            look_of_table = table.Options(
                show_header=True, cell_height=common.TableCellHeight.SM, sort_by=[_sorting(panel)]
            )
            return look_of_table, common.TableFieldOptions(
                align=common.FieldTextAlignment.AUTO, cell_options=common.TableAutoCellOptions()
            )


def _legend(panel: Panel) -> common.VizLegendOptions:
    wide = panel.width >= _WIDE
    return common.VizLegendOptions(
        display_mode=common.LegendDisplayMode.TABLE if wide else common.LegendDisplayMode.LIST,
        placement=common.LegendPlacement.RIGHT if wide else common.LegendPlacement.BOTTOM,
        show_legend=True,
        calcs=["mean", "max", "lastNotNull"] if wide else [],
    )


def _lines(panel: Panel) -> timeseries.FieldConfig:
    stacking = common.StackingConfig(mode=common.StackingMode.NORMAL, group="A")
    has_bounds = len(panel.steps) > 1
    style = common.GraphThresholdsStyleMode.DASHED if has_bounds else common.GraphThresholdsStyleMode.OFF
    return timeseries.FieldConfig(
        draw_style=common.GraphDrawStyle.LINE,
        line_width=1,
        fill_opacity=30 if panel.stacked else 8,
        show_points=common.VisibilityMode.AUTO,
        span_nulls=False,
        stacking=stacking if panel.stacked else None,
        thresholds_style=common.GraphThresholdsStyleConfig(mode=style),
    )


def _stat(area: common.BigValueGraphMode, reduced: common.ReduceDataOptions) -> stat.Options:
    return stat.Options(
        graph_mode=area,
        color_mode=common.BigValueColorMode.VALUE,
        justify_mode=common.BigValueJustifyMode.AUTO,
        text_mode=common.BigValueTextMode.VALUE,
        reduce_options=reduced,
        orientation=common.VizOrientation.AUTO,
    )


def _bars(reduced: common.ReduceDataOptions) -> bargauge.Options:
    return bargauge.Options(
        display_mode=common.BarGaugeDisplayMode.BASIC,
        value_mode=common.BarGaugeValueMode.COLOR,
        reduce_options=reduced,
        orientation=common.VizOrientation.HORIZONTAL,
    )


def _heat(panel: Panel) -> heatmap.Options:
    return heatmap.Options(
        calculate=False,
        color=heatmap.HeatmapColorOptions(
            mode=heatmap.HeatmapColorMode.SCHEME,
            scheme="Oranges",
            fill="dark-orange",
            scale=heatmap.HeatmapColorScale.EXPONENTIAL,
            exponent=0.5,
            steps=64,
        ),
        filter_values=heatmap.FilterValueRange(le=1e-9),
        y_axis=heatmap.YAxisConfig(unit=panel.unit, axis_placement=common.AxisPlacement.LEFT),
        legend=heatmap.HeatmapLegend(show=True),
        tooltip=heatmap.HeatmapTooltip(mode=common.TooltipDisplayMode.SINGLE, y_histogram=False),
        show_value=common.VisibilityMode.NEVER,
    )


def _as_table(built: build.Panel, panel: Panel) -> None:
    """One row a set of labels, and the columns in their order under their own headings."""
    order = {column.source: index for index, column in enumerate(panel.columns)}
    built.with_transformation(dashboard.DataTransformerConfig(id_val="merge", options={}))
    built.with_transformation(
        dashboard.DataTransformerConfig(
            id_val="organize",
            options={
                "excludeByName": {"Time": True},
                "includeByName": {},
                "indexByName": order,
                "renameByName": {column.source: column.title for column in panel.columns},
            },
        )
    )
    for column in panel.columns:
        properties = [
            dashboard.DynamicConfigValue(id_val=key, value=value) for key, value in _cells(column).items()
        ]
        if properties:
            built.with_override(dashboard.MatcherConfig(id_val="byName", options=column.title), properties)


def _cells(column: Column) -> Mapping[str, Any]:
    found: dict[str, Any] = {"unit": column.unit} if column.unit else {}
    if column.decimals is not None:
        found["decimals"] = column.decimals
    if column.steps:
        steps = [{"color": step.colour, "value": step.value} for step in column.steps]
        found["thresholds"] = {"mode": "absolute", "steps": steps}
        found["custom.cellOptions"] = {"type": "color-text"}
    if column.link:
        found["links"] = [{"title": "Open", "url": column.link}]
    return found


def _sorting(panel: Panel) -> common.TableSortByFieldState:
    """Figures from the largest down, names from A to Z."""
    title = panel.sorted_by or panel.columns[0].title
    column = next(column for column in panel.columns if column.title == title)
    return common.TableSortByFieldState(display_name=title, desc=bool(column.unit))
