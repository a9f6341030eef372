"""Events: their shape, their identity, and that logging never makes anybody fail."""

from __future__ import annotations

import json
import os
import re
import resource
import time
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from codesentinel import SessionMemory
from codesentinel.model.errors import UsageError
from codesentinel.store.session_memory import new_id

FORMAT_FIELDS = {
    "timestamp",
    "id",
    "schema_version",
    "domain",
    "session_id",
    "agent_id",
    "activity",
    "success",
    "files_modified",
    "duration_ms",
    "chain",
}


@pytest.fixture
def told():
    return []


@pytest.fixture
def memory(tmp_path, told):
    return SessionMemory(tmp_path, session_id="s-1", agent_id="an-agent", warn=told.append)


def refuse(constant):
    raise AssertionError(f"{constant} is no JSON")


def only_event(memory, domain):
    (line,) = memory.path(domain).read_bytes().splitlines()
    return json.loads(line, parse_constant=refuse)


def test_an_event_has_the_fields_that_others_rely_on(memory, tmp_path):
    activity = {
        "action": "process_kill",
        "success": False,
        "duration_ms": 12.5,
        "files_modified": ["a"],
        "metadata": {"pid": 1},
    }
    assert memory.log_domain_activity("process", activity)
    event = only_event(memory, "process")
    assert memory.path("process") == tmp_path / "docs/domains/process/history.jsonl"
    assert set(event) == FORMAT_FIELDS
    assert event["domain"] == "process"
    assert event["session_id"] == "s-1"
    assert event["agent_id"] == "an-agent"
    assert event["activity"] == activity
    assert (event["success"], event["files_modified"], event["duration_ms"]) == (False, ["a"], 12.5)
    assert event["schema_version"] == 1
    assert datetime.fromisoformat(event["timestamp"]).utcoffset() == timedelta(0)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", event["timestamp"])


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


def test_every_bit_of_an_id_that_may_vary_does():
    seen_set, seen_clear = 0, 0
    for _ in range(400):
        value = uuid.UUID(new_id()).int
        time.sleep(0.001)  # within one millisecond they only step on
        seen_set |= value
        seen_clear |= ~value
    chance = (1 << 80) - 1 & ~(0xF << 76) & ~(0x3 << 62)
    assert seen_set & chance == chance
    assert seen_clear & chance == chance


def test_sessions_of_two_processes_differ(tmp_path):
    assert SessionMemory(tmp_path).session_id != SessionMemory(tmp_path).session_id


def test_an_agent_without_a_name_has_the_login_name(tmp_path, monkeypatch):
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(variable, raising=False)
    assert SessionMemory(tmp_path).agent_id == f"uid-{os.getuid()}"
    monkeypatch.setenv("USER", "ann\udcff")
    memory = SessionMemory(tmp_path)
    assert memory.agent_id == "ann\\udcff"
    assert memory.log_domain_activity("process", {"action": "x"})


@pytest.mark.parametrize("domain", ["", "../etc", "Process", "a/b", "1st", "x" * 65, "a\n", "\u00fcber"])
def test_a_domain_that_could_leave_the_folder_is_refused(memory, domain):
    with pytest.raises(UsageError, match=re.escape(f"not a log domain: {domain!r}")):
        memory.log_domain_activity(domain, {"action": "x"})


@pytest.mark.parametrize("activity", [{}, {"metadata": {}}, {"action": ""}])
def test_an_activity_without_an_action_is_refused(memory, activity):
    with pytest.raises(UsageError, match="an activity needs an action"):
        memory.log_domain_activity("process", activity)


def test_a_log_that_cannot_be_written_is_told_once_each_time_and_fails_nobody(memory, tmp_path, told):
    docs = tmp_path / "docs"
    docs.write_text("in the way")
    assert memory.log_domain_activity("process", {"action": "x"}) is False
    assert memory.log_domain_activity("process", {"action": "x"}) is False
    assert len(told) == 1
    assert told[0].startswith(
        "warning: not recorded: the log docs/domains/process/history.jsonl could not be written: Not a directory"
    )
    assert "mend permissions" in told[0]
    docs.unlink()
    assert memory.log_domain_activity("process", {"action": "x"}) is True
    memory.path("process").unlink()
    memory.path("process").mkdir()
    assert memory.log_domain_activity("process", {"action": "x"}) is False
    assert len(told) == 2


def test_a_warning_on_standard_error_is_one_line_of_ascii(tmp_path, capsys):
    root = tmp_path / "w\u00f6rk\x1b[31m\nspace"
    root.write_text("in the way")
    assert SessionMemory(root).log_domain_activity("process", {"action": "x"}) is False
    warning = capsys.readouterr().err
    assert warning.isascii()
    assert "\x1b" not in warning
    assert warning.count("\n") == 1


class Unpleasant:
    def __bool__(self):
        raise RuntimeError("neither true nor false")

    def __str__(self):
        raise RuntimeError("no text")


CYCLE: dict[str, object] = {}
CYCLE["self"] = CYCLE
DEEP: list[object] = []
for _ in range(10_000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"lone": "\ud800"}, {"lone": "\\ud800"}),
        ({"nan": float("nan"), "n": 1}, {"nan": None, "n": 1}),
        ({3: "key", (1, 2): "pair"}, {"3": "key", "[1, 2]": "pair"}),
        ({"path": Path("/x"), "set": {1}, "bytes": b"x"}, {"path": "/x", "set": [1], "bytes": "x"}),
        ({"big": 10**5000}, {"big": hex(10**5000)}),
        (CYCLE, {"self": "(circular)"}),
        ({"odd": Unpleasant()}, {"odd": "(Unpleasant: unreadable)"}),
        (MappingProxyType({"a": 1}), {"a": 1}),
        (None, {}),
        (["a"], {"value": ["a"]}),
        ("text", {"value": "text"}),
        (np.array([1, 2]), {"value": [1, 2]}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_metadata_of_any_kind_is_written_as_json(memory, metadata, expected):
    assert memory.log_domain_activity("process", {"action": "x", "metadata": metadata})
    assert only_event(memory, "process")["activity"]["metadata"] == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"success": Unpleasant()}, True),
        ({"success": 0}, False),
        ({"metadata": {"deep": DEEP}}, True),
        ({"duration_ms": float("inf")}, True),
        ({"files_modified": 7}, True),
        ({"extra": Unpleasant()}, True),
        ({1: 2, "\udc80": 3}, True),
    ],
)
def test_an_activity_of_any_kind_is_recorded(memory, fields, expected):
    assert memory.log_domain_activity("process", {"action": "x", **fields})
    event = only_event(memory, "process")
    assert set(event) == FORMAT_FIELDS
    assert event["success"] is expected
    assert event["activity"]["action"] == "x"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ("one.txt", ["one.txt"]),
        (Path("a/b"), ["a/b"]),
        (("a", Path("b")), ["a", "b"]),
        (None, []),
        (iter("ab"), ["a", "b"]),
    ],
)
def test_files_modified_are_a_list_of_names(memory, files, expected):
    memory.log_domain_activity("process", {"action": "x", "files_modified": files})
    event = only_event(memory, "process")
    assert event["files_modified"] == event["activity"]["files_modified"] == expected


def test_one_append_is_cheap(memory):
    """A guard against accidents of another order of magnitude, not a benchmark."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    for _ in range(2000):
        memory.log_domain_activity("cost", {"action": "write"})
    after = resource.getrusage(resource.RUSAGE_SELF)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert used / 2000 < 0.0005


def test_ids_of_one_process_rise_also_within_a_millisecond():
    ids = [new_id() for _ in range(5000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert all(one[14] == "7" and one[19] in "89ab" for one in ids)


def test_ids_after_a_fork_differ():
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, " ".join(new_id() for _ in range(200)).encode())
        os._exit(0)
    ours = {new_id() for _ in range(200)}
    os.close(writing)
    theirs = b""
    while chunk := os.read(reading, 65536):
        theirs += chunk
    os.close(reading)
    os.waitpid(child, 0)
    assert not ours & set(theirs.decode().split())
