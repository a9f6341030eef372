"""A saved dashboard for Kibana: use, outcomes, durations and feedback of procedures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_VIEW = "codesentinel-procedures"
_MIGRATED = "8.0.0"  # later Kibanas bring older objects up to date when they are imported
_MOST_PROCEDURES = 40
_PROCEDURE = {"field": "codesentinel.procedure", "size": _MOST_PROCEDURES, "order": "desc", "orderBy": "1"}
_NANOSECONDS_A_MINUTE = 60_000_000_000


class _Picture(NamedTuple):
    """One visualization: its kind, the events it counts, its measures and what they are split by."""

    name: str
    title: str
    kind: str
    query: str
    aggregations: tuple[Mapping[str, Any], ...]


def _count() -> dict[str, Any]:
    return {"id": "1", "enabled": True, "type": "count", "schema": "metric", "params": {}}


def _measure(number: str, kind: str, field: str, **more: Any) -> dict[str, Any]:
    params = {"field": field, **more}
    return {"id": number, "enabled": True, "type": kind, "schema": "metric", "params": params}


def _split(number: str, schema: str, kind: str, params: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": number, "enabled": True, "type": kind, "schema": schema, "params": dict(params)}


def _outcomes(number: str, schema: str) -> dict[str, Any]:
    by = {"field": "codesentinel.status", "size": 3, "order": "desc", "orderBy": "1"}
    return _split(number, schema, "terms", by)


_FINISHED = "event.action : procedure-finish"
_PICTURES = (
    _Picture(
        "use",
        "Use over time",
        "histogram",
        "event.action : procedure-start",
        (
            _count(),
            _split("2", "segment", "date_histogram", {"field": "@timestamp", "interval": "auto"}),
            _split("3", "group", "terms", {**_PROCEDURE, "size": 10}),
        ),
    ),
    _Picture(
        "outcomes",
        "Outcomes by procedure",
        "table",
        _FINISHED,
        (_count(), _split("2", "bucket", "terms", _PROCEDURE), _outcomes("3", "bucket")),
    ),
    _Picture(
        "sources",
        "How outcomes are known",
        "table",
        _FINISHED,
        (
            _count(),
            _split("2", "bucket", "terms", {**_PROCEDURE, "field": "codesentinel.status_source", "size": 3}),
            _outcomes("3", "bucket"),
        ),
    ),
    _Picture(
        "durations",
        f"Duration of successes, percentiles (ns; {_NANOSECONDS_A_MINUTE} is a minute)",
        "table",
        f"{_FINISHED} and event.outcome : success",
        (
            _measure("1", "percentiles", "event.duration", percents=[50, 95]),
            _split("2", "bucket", "terms", {**_PROCEDURE, "orderBy": "_key"}),
        ),
    ),
    _Picture(
        "feedback",
        "What agents say: clarity and usefulness, 1 to 5",
        "table",
        "event.action : procedure-feedback",
        (
            _count(),
            _measure("2", "avg", "codesentinel.feedback.clarity"),
            _measure("3", "avg", "codesentinel.feedback.usefulness"),
            _split("4", "bucket", "terms", _PROCEDURE),
        ),
    ),
)


def dashboard(pattern: str) -> str:
    """Saved objects as Kibana imports them, a JSON object a line: data view, pictures, dashboard."""
    objects = [_data_view(pattern), *(_visualization(one) for one in _PICTURES), _board()]
    return "".join(json.dumps(one, separators=(",", ":")) + "\n" for one in objects)


def _data_view(pattern: str) -> dict[str, Any]:
    attributes = {"title": pattern, "timeFieldName": "@timestamp", "name": "codesentinel procedures"}
    return _saved("index-pattern", _VIEW, attributes, [])


def _visualization(picture: _Picture) -> dict[str, Any]:
    state = {
        "title": picture.title,
        "type": picture.kind,
        "params": {"type": picture.kind, "addLegend": True, "addTooltip": True},
        "aggs": picture.aggregations,
    }
    source = {
        "query": {"query": picture.query, "language": "kuery"},
        "filter": [],
        "indexRefName": "kibanaSavedObjectMeta.searchSourceJSON.index",
    }
    attributes = {
        "title": picture.title,
        "visState": json.dumps(state),
        "uiStateJSON": "{}",
        "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(source)},
    }
    return _saved("visualization", _id(picture), attributes, [_reference(source["indexRefName"], _VIEW)])


def _board() -> dict[str, Any]:
    panels, references = [], []
    for index, picture in enumerate(_PICTURES):
        name = f"panel_{index}"
        place = {"x": 24 * (index % 2), "y": 15 * (index // 2), "w": 24, "h": 15, "i": str(index)}
        panels.append(
            {"panelIndex": str(index), "gridData": place, "panelRefName": name, "embeddableConfig": {}}
        )
        references.append({"id": _id(picture), "name": name, "type": "visualization"})
    attributes = {
        "title": "Satellite health (codesentinel)",
        "panelsJSON": json.dumps(panels),
        "optionsJSON": json.dumps({"useMargins": True}),
        "timeRestore": True,
        "timeFrom": "now-90d",
        "timeTo": "now",
        "kibanaSavedObjectMeta": {
            "searchSourceJSON": json.dumps({"query": {"query": "", "language": "kuery"}, "filter": []})
        },
    }
    return _saved("dashboard", "codesentinel-satellite-health", attributes, references)


def _saved(
    kind: str, name: str, attributes: Mapping[str, Any], references: list[dict[str, str]]
) -> dict[str, Any]:
    return {
        "id": name,
        "type": kind,
        "attributes": dict(attributes),
        "references": references,
        "coreMigrationVersion": _MIGRATED,
    }


def _reference(name: Any, to: str) -> dict[str, str]:
    return {"id": to, "name": str(name), "type": "index-pattern"}


def _id(picture: _Picture) -> str:
    return f"codesentinel-{picture.name}"
