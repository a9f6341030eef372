"""Events: their shape, their identity, and that logging never makes anybody fail."""

from __future__ import annotations

import json
import re
import uuid
from datetime import datetime, timedelta

import pytest

from codesentinel import SessionMemory
from codesentinel.model.errors import UsageError
from codesentinel.store.session_memory import new_id


@pytest.fixture
def told():
    return []


@pytest.fixture
def memory(tmp_path, told):
    return SessionMemory(tmp_path, session_id="s-1", agent_id="an-agent", warn=told.append)


def only_event(memory, domain):
    with open(memory.path(domain)) as file:
        (line,) = file
    return json.loads(line)


def test_an_event_has_the_fields_that_others_rely_on(memory, tmp_path):
    assert memory.log_domain_activity(
        "process",
        {
            "action": "process_kill",
            "success": False,
            "duration_ms": 12.5,
            "files_modified": ["a"],
            "metadata": {"pid": 1},
        },
    )
    event = only_event(memory, "process")
    assert memory.path("process") == tmp_path / "docs/domains/process/history.jsonl"
    assert event["domain"] == "process"
    assert event["session_id"] == "s-1"
    assert event["agent_id"] == "an-agent"
    assert event["activity"] == {
        "action": "process_kill",
        "success": False,
        "duration_ms": 12.5,
        "files_modified": ["a"],
        "metadata": {"pid": 1},
    }
    assert (event["success"], event["files_modified"], event["duration_ms"]) == (False, ["a"], 12.5)
    assert event["schema_version"] == 1
    assert datetime.fromisoformat(event["timestamp"]).utcoffset() == timedelta(0)
    assert event["timestamp"].endswith("+00:00")


def test_what_an_activity_leaves_out_has_a_default_and_what_it_adds_stays(memory):
    memory.log_domain_activity("deploy", {"action": "deployment-start", "extra": 1})
    assert only_event(memory, "deploy")["activity"] == {
        "action": "deployment-start",
        "success": True,
        "duration_ms": 0.0,
        "files_modified": [],
        "metadata": {},
        "extra": 1,
    }


def test_ids_are_uuids_of_version_7_that_sort_by_time():
    ids = [new_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert {uuid.UUID(i).version for i in ids} == {7}
    assert {uuid.UUID(i).variant for i in ids} == {uuid.RFC_4122}
    assert [i[:13] for i in ids] == sorted(i[:13] for i in ids)


def test_sessions_of_two_processes_differ(tmp_path):
    assert SessionMemory(tmp_path).session_id != SessionMemory(tmp_path).session_id


@pytest.mark.parametrize("domain", ["", "../etc", "Process", "a/b", "1st", "x" * 65])
def test_a_domain_that_could_leave_the_folder_is_refused(memory, domain):
    with pytest.raises(UsageError, match=re.escape(f"not a log domain: {domain!r}")):
        memory.log_domain_activity(domain, {"action": "x"})


def test_an_activity_without_an_action_is_refused(memory):
    with pytest.raises(UsageError, match="an activity needs an action"):
        memory.log_domain_activity("process", {"metadata": {}})


def test_a_log_that_cannot_be_written_is_told_once_and_fails_nobody(memory, tmp_path, told):
    (tmp_path / "docs").write_text("in the way")
    assert memory.log_domain_activity("process", {"action": "x"}) is False
    assert memory.log_domain_activity("process", {"action": "x"}) is False
    (warning,) = told
    assert warning.startswith("warning: not recorded: the log ")
    assert "Not a directory" in warning


def test_metadata_that_is_no_json_is_written_as_text(memory):
    cycle = {}
    cycle["self"] = cycle
    awkward = {"path": memory, "lone": "\ud800", "nan": float("nan"), 3: "key", "bytes": b"x", "set": {1}}
    assert memory.log_domain_activity("process", {"action": "x", "metadata": awkward})
    event = only_event(memory, "process")
    kept = event["activity"]["metadata"]
    assert (kept["lone"], kept["nan"], kept["3"], kept["bytes"]) == ("\\ud800", None, "key", "x")
    assert memory.log_domain_activity("cycle", {"action": "x", "metadata": cycle})
    assert only_event(memory, "cycle")["activity"]["metadata"] == {"self": "(circular)"}
