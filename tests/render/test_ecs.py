"""Events of procedures in the words of ECS."""

from __future__ import annotations

import pytest

from codesentinel.render.ecs import ecs_document

EVENT = {
    "timestamp": "2026-11-24T10:00:10.000+00:00",
    "id": "01-abc",
    "session_id": "s-1",
    "agent_id": "ci",
    "activity": {
        "action": "procedure-finish",
        "metadata": {
            "run_id": "r1",
            "satellite": "github",
            "procedure": "github/PROC-1",
            "version": "0a1b",
            "status": "Failure",
            "status_source": "verified",
            "duration_seconds": 2.5,
            "agent_name": "claude-code",
            "model": "m-1",
            "agent_session": "a-9",
            "file": "github/AGENT_INSTRUCTIONS.md",
        },
    },
}


def finished(**facts):
    activity = EVENT["activity"]
    return EVENT | {"activity": activity | {"metadata": activity["metadata"] | facts}}


def test_a_finish_in_the_words_of_ecs():
    document = ecs_document(EVENT, namespace="prod")
    assert document["@timestamp"] == EVENT["timestamp"]
    assert document["data_stream"] == {
        "type": "logs",
        "dataset": "codesentinel.procedure",
        "namespace": "prod",
    }
    assert document["event"] == {
        "id": "01-abc",
        "kind": "event",
        "category": ["process"],
        "type": ["end"],
        "action": "procedure-finish",
        "module": "codesentinel",
        "dataset": "codesentinel.procedure",
        "outcome": "failure",
        "duration": 2_500_000_000,
        "start": "2026-11-24T10:00:07.500+00:00",
        "end": "2026-11-24T10:00:10.000+00:00",
    }
    assert document["gen_ai"] == {"agent": {"name": "claude-code", "id": "ci"}, "request": {"model": "m-1"}}
    assert document["codesentinel"]["status"] == "Failure"
    assert document["codesentinel"]["session"] == {"id": "a-9"}
    assert "agent" not in document, "agent.* is the shipper"


@pytest.mark.parametrize(
    ("status", "outcome", "reason"),
    [
        ("Success", "success", None),
        ("Failure", "failure", None),
        ("Agent-Aborted", "unknown", "agent-aborted"),
    ],
)
def test_outcomes(status, outcome, reason):
    event = ecs_document(finished(status=status))["event"]
    assert (event["outcome"], event.get("reason")) == (outcome, reason)


def test_what_is_not_known_is_left_out():
    bare = ecs_document({"id": "1", "activity": {"action": "procedure-loaded", "metadata": {}}})
    assert bare["event"]["outcome"] == "unknown"
    assert bare["event"]["type"] == ["info"]
    assert not {"gen_ai", "file", "@timestamp"} & bare.keys()
    assert "feedback" not in bare.get("codesentinel", {})


@pytest.mark.parametrize("action", ["satellites.list", "", "lint"])
def test_what_is_no_procedures_has_no_document(action):
    assert ecs_document(EVENT | {"activity": {"action": action}}) is None


@pytest.mark.parametrize("seconds", [True, "3", None, float("1e300")])
def test_odd_durations_are_survived(seconds):
    assert ecs_document(finished(duration_seconds=seconds))["event"]["id"] == "01-abc"


@pytest.mark.parametrize("moment", [None, 5, "yesterday"])
def test_odd_times_are_survived(moment):
    document = ecs_document(EVENT | {"timestamp": moment})
    assert "start" not in document["event"]
