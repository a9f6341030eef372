"""What an Elastic stack is given fits together, and holds every field that an event can have."""

from __future__ import annotations

import json
from fnmatch import fnmatch
from pathlib import Path

import yaml

from codesentinel.mixin.elastic import (
    data_stream,
    filebeat,
    index_template,
    lifecycle_policy,
)
from codesentinel.mixin.kibana import dashboard
from codesentinel.operations.satellites.ship import CONFIGURATION, ship_configuration
from codesentinel.render.ecs import ecs_document

ROOT = Path(__file__).resolve().parent.parent.parent
OBJECTS = [json.loads(line) for line in dashboard("logs-codesentinel.procedure-*").splitlines()]
EVERYTHING = dict.fromkeys(
    "satellite procedure cited version steps_version status status_source trigger vendor source note"
    " agent_session run_id comment agent_name model file".split(),
    "x",
) | {"clarity": 4, "usefulness": 5, "duration_seconds": 1.0}


def fields(mapping, above=""):
    for name, one in mapping.get("properties", {}).items():
        yield from fields(one, f"{above}{name}.") if "properties" in one else [f"{above}{name}"]


def leaves(document, above=""):
    for name, one in document.items():
        yield from leaves(one, f"{above}{name}.") if isinstance(one, dict) else [f"{above}{name}"]


MAPPED = set(fields(index_template()["template"]["mappings"]))


def test_every_field_of_a_document_is_mapped():
    event = {
        "id": "1",
        "timestamp": "2026-11-24T10:00:10.000+00:00",
        "agent_id": "ci",
        "activity": {"action": "procedure-finish", "metadata": EVERYTHING | {"status": "Agent-Aborted"}},
    }
    own = {field for field in leaves(ecs_document(event)) if not field.startswith("data_stream.")}
    assert own <= MAPPED, own - MAPPED


def test_the_template_takes_the_stream_before_the_built_in_one():
    template = index_template()
    assert any(fnmatch(data_stream("default"), pattern) for pattern in template["index_patterns"])
    assert template["priority"] > 100
    assert template["data_stream"] == {}


def test_the_lifecycle_rolls_over_and_deletes():
    phases = lifecycle_policy()["policy"]["phases"]
    assert "rollover" in phases["hot"]["actions"]
    assert "delete" in phases["delete"]["actions"]


def test_every_reference_of_the_dashboard_leads_somewhere():
    known = {(one["type"], one["id"]) for one in OBJECTS}
    assert len(known) == len(OBJECTS)
    for one in OBJECTS:
        for reference in one["references"]:
            assert (reference["type"], reference["id"]) in known
    (board,) = (one for one in OBJECTS if one["type"] == "dashboard")
    named = {reference["name"] for reference in board["references"]}
    assert {panel["panelRefName"] for panel in json.loads(board["attributes"]["panelsJSON"])} == named


def test_the_dashboard_asks_for_fields_that_are_there():
    for one in OBJECTS:
        if one["type"] == "visualization":
            for aggregation in json.loads(one["attributes"]["visState"])["aggs"]:
                assert aggregation["params"].get("field", "@timestamp") in MAPPED
            source = json.loads(one["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])
            asked = source["query"]["query"].split(" and ")
            assert {part.partition(" : ")[0] for part in asked} <= MAPPED


def test_filebeat_creates_documents_under_the_ids_of_events():
    configuration = yaml.safe_load(filebeat("/x"))
    (parser,) = configuration["filebeat.inputs"][0]["parsers"]
    assert parser["ndjson"]["document_id"] == "event.id"
    assert configuration["output.elasticsearch"]["index"] == data_stream("default")


def test_the_files_in_the_repository_are_what_the_code_says(context):
    written = ship_configuration(context)
    assert len(written) == 5
    for name in written:
        assert (ROOT / name).read_text() == (context.root / name).read_text(), f"{name}: ship --configuration"
    assert ship_configuration(context, output=CONFIGURATION) == ()
