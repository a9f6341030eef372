"""The log commands and the index commands, as operations and as words on the command line."""

from __future__ import annotations

import json
import time

import pytest

from codesentinel.cli import memory_index as index_leaves
from codesentinel.cli import memory_log as log_leaves
from codesentinel.cli.options import Parser
from codesentinel.model.errors import Failed, NoData, UsageError
from codesentinel.operations.memory_index import (
    index_get,
    index_rebuild,
    index_scan,
    index_stats,
    index_subtree,
    index_verify,
)
from codesentinel.operations.memory_log import archive, log, search, verify
from codesentinel.render.document import envelope
from codesentinel.store.index import ArchiveIndex
from codesentinel.store.log_scan import newest_events
from logs import DAY, log_of, snapshot, write, write_old

NOW = 1.79e9


def typed(context, name, *words):
    """What a command says, its exit status, and its JSON."""
    parser = Parser(prog=name)
    (index_leaves if " index " in name else log_leaves).add_to(parser, name)
    assert "examples:" in parser.format_help()
    args = parser.parse_args(words)
    outcome = args.run(context, args)
    document = json.loads(envelope(outcome.operation, outcome.record, 0.0))["data"]
    return outcome.text(), outcome.exit_status, document


def test_the_log_in_order_and_by_filter(context):
    write(context.root, 5)
    write(context.root, 3, action="stopped", success=False)
    text, status, document = typed(context, "memory log", "--domain", "stack", "--since", "1h")
    assert status == 0
    assert text.splitlines()[-1] == "8 events"
    assert " FAILED stack stopped a n=2" in text
    assert len(document["events"]) == 8
    assert typed(context, "memory log", "--failed")[0].endswith("3 events")
    assert typed(context, "memory log", "--action", "restarted", "--limit", "2")[0].endswith("2 events")
    assert typed(context, "memory log", "--until", "1h")[0] == "0 events"
    with pytest.raises(NoData):
        log(context, domains=["nothing"])


def test_a_hostile_event_stays_on_its_line(context):
    write(context.root, 1, action="bad\x1b[31m\nname", metadata={"x": "\x1b]0;title\x07", "y": [1]})
    text, _, _ = typed(context, "memory log")
    assert "\x1b" not in text
    assert len(text.splitlines()) == 2
    assert "bad\\x1b[31m\\nname" in text


def test_a_reading_command_is_an_event_after_it_read(context):
    write(context.root, 1)
    assert len(log(context).events) == 1
    assert [found.record["activity"]["action"] for found in log(context).events] == [
        "restarted",
        "memory.log",
    ]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"limit": 3},
        {"limit": 0},
        {"failed": True},
        {"action": "stopped"},
        {"since": 1.0, "until": 4e9},
        {"until": 1.0},
        {"since": 4e9},
        {"domains": ["other"]},
    ],
    ids=str,
)
def test_a_log_can_be_read_when_the_index_cannot_be_written(context, monkeypatch, asked):
    """A full disk must not hide what happened on it; the answer is what the index says."""
    write_old(context.root, [time.time() - (40 - day) * DAY for day in range(40)])
    archive(context, keep_seconds=10 * DAY)
    write(context.root, 5)
    write(context.root, 3, action="stopped", success=False)
    write(context.root, 2, domain="other")
    asked = {"domains": ["stack", "other"], **asked}
    before = log(context, **asked)

    def full(self, *_):
        raise Failed("the archive index cannot be used: disk full")

    monkeypatch.setattr(ArchiveIndex, "catch_up", full)
    answer = log(context, **asked)
    assert answer.notes == ("read without the index: the archive index cannot be used: disk full",)
    assert [(one.key, one.record) for one in answer.events] == [
        (one.key, one.record) for one in before.events
    ]


def test_what_cannot_be_read_without_the_index_is_noted(context, tmp_path):
    write(context.root, 2)
    log_of(context.root).with_name("archive").mkdir()
    log_of(context.root).with_name("archive").joinpath("0001.parquet").write_bytes(b"no parquet")
    unreadable = context.root / "docs/domains/folder/history.jsonl"
    unreadable.mkdir(parents=True)
    notes = []
    found = newest_events(str(context.root), ["stack", "folder", "none"], notes=notes)
    assert len(found) == 2
    assert ["archive/0001.parquet: not read" in notes[0], "Is a directory" in notes[1]] == [True, True]
    assert len(notes) == 2


def test_search(context):
    write(context.root, 4, metadata={"reason": "holds the Deploy lock"})
    text, status, document = typed(context, "memory search", "deploy LOCK", "--limit", "3")
    assert status == 0
    assert text.endswith("3 found")
    assert len(document["hits"]) == 3
    with pytest.raises(UsageError):
        search(context, text="")


def test_verify_says_where_and_exits_by_it(context):
    with pytest.raises(NoData):
        verify(context)
    log_of(context.root, "memory").unlink()
    write(context.root, 20)
    index_stats(context)
    text, status, document = typed(context, "memory verify")
    head = document["domains"][1]["head"]
    assert status == 0
    assert f"OK stack: 20 lines, head {head}" in text
    assert typed(context, "memory verify", "--head", f"stack={head.upper()}")[1] == 0
    text, status, _ = typed(context, "memory verify", "--head", f"stack={'0' * 32}")
    assert status == 1
    lines = log_of(context.root).read_bytes().splitlines(keepends=True)
    log_of(context.root).write_bytes(b"".join(lines[:15]))
    text, status, _ = typed(context, "memory verify")
    assert status == 1
    assert head in text
    last = json.loads(log_of(context.root, "memory").read_bytes().splitlines()[-1])
    assert last["success"] is False
    with pytest.raises(UsageError):
        typed(context, "memory verify", "--head", "stack")


def test_a_log_that_is_gone_altogether_shows(context):
    write(context.root, 5)
    index_stats(context)
    log_of(context.root).unlink()
    log_of(context.root).parent.rmdir()
    assert typed(context, "memory verify")[1] == 1


def test_archive(context):
    pytest.importorskip("duckdb")
    write_old(context.root, [NOW - 200 * DAY + n for n in range(30)])
    write(context.root, 2)
    text, _, _ = typed(context, "memory archive", "--domain", "stack", "--dry-run")
    assert text.endswith("30 lines would be moved")
    text, _, document = typed(context, "memory archive", "--domain", "stack")
    assert document["domains"][0]["lines"] == 30
    assert len(archive(context, domains=["stack"]).files_modified) == 0
    assert typed(context, "memory verify")[1] == 0
    assert len(log(context, domains=["stack"], limit=0).events) == 32
    assert typed(context, "memory index verify", "--full")[1] == 0


def test_verify_without_duckdb_is_no_success(context, monkeypatch):
    pytest.importorskip("duckdb")
    write_old(context.root, [NOW - 200 * DAY, NOW - 199 * DAY])
    archive(context, domains=["stack"])
    monkeypatch.setattr("codesentinel.store.archive_read.is_readable", lambda: False)
    text, status, _ = typed(context, "memory verify")
    assert status == 3
    assert "not read" in text


def test_get_and_scan(context):
    write(context.root, 3)
    text, _, document = typed(context, "memory index scan", "stack/")
    key = document["rows"][1]["key"]
    assert key in text
    text, _, _ = typed(context, "memory index get", key)
    assert json.loads(text) == json.loads(log_of(context.root).read_bytes().splitlines()[1])
    assert len(index_scan(context, prefix="stack/", limit=2).rows) == 2
    with pytest.raises(NoData):
        index_get(context, key="stack/none")


def test_subtree(context):
    with pytest.raises(NoData, match="no snapshot"):
        index_subtree(context, pid=1)
    snapshot(context.root, NOW, {1: 0, 10: 1, 100: 10, 11: 1})
    text, _, document = typed(context, "memory index subtree", "10")
    assert [found["record"]["pid"] for found in document["records"]] == [10, 100]
    assert "1 descendants at 2026-09-21T14:13:20.000+00:00" in text
    assert typed(context, "memory index subtree", "10", "--at", "2026-09-21T14:13:20+00:00")[1] == 0
    with pytest.raises(NoData, match="that old"):
        index_subtree(context, pid=1, at=NOW - 1)
    with pytest.raises(NoData, match="has no process"):
        index_subtree(context, pid=77)


def test_stats_rebuild_and_verify(context):
    write(context.root, 7, success=False)
    text, _, document = typed(context, "memory index rebuild")
    assert document["counts"] == [{"domain": "stack", "action": "restarted", "records": 7, "failures": 7}]
    assert "7 records" in text
    text, status, _ = typed(context, "memory index verify")
    assert status == 0
    assert text.startswith("OK ")
    told = []
    index_rebuild(context, progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] > 0
    assert index_verify(context, full=True).compared == 10
    assert "memory.index_rebuild" in typed(context, "memory index stats")[0]


def test_verify_of_the_index_fails_on_a_changed_log(context):
    write(context.root, 50)
    index_stats(context)
    text = log_of(context.root).read_bytes()
    log_of(context.root).write_bytes(text.replace(b"restarted", b"retracted"))
    text, status, _ = typed(context, "memory index verify")
    assert status == 1
    assert "FAIL" in text
