"""Reading the log back."""

from __future__ import annotations

from datetime import UTC, datetime

from codesentinel.store.log import AppendOnlyLog
from codesentinel.store.reader import Read, domains, events, read_log


def test_a_replay_gives_the_records_in_their_order_and_goes_on_where_it_stopped(tmp_path):
    path = tmp_path / "history.jsonl"
    log = AppendOnlyLog(path)
    log.append(b'{"n":1}')
    first = list(read_log(path))
    log.append(b'{"n":2}')
    assert first == [Read(8, {"n": 1})]
    assert list(read_log(path, first[-1].end)) == [Read(16, {"n": 2})]
    assert list(read_log(path, 16)) == []


def test_a_damaged_line_is_shown_as_such_and_passed_over_by_events(tmp_path):
    path = tmp_path / "history.jsonl"
    path.write_bytes(b'{"n":1}\nnot json\n[1]\n\xff\n{"n":2}\n')
    assert [read.event for read in read_log(path)] == [{"n": 1}, None, None, None, {"n": 2}]
    assert list(events(path)) == [{"n": 1}, {"n": 2}]


def test_a_tail_without_newline_is_not_yet_a_record(tmp_path):
    path = tmp_path / "history.jsonl"
    path.write_bytes(b'{"n":1}\n{"n":2}')
    assert list(events(path)) == [{"n": 1}]


def test_a_file_shorter_than_where_we_were_is_read_from_its_beginning(tmp_path):
    path = tmp_path / "history.jsonl"
    path.write_bytes(b'{"n":1}\n')
    assert list(read_log(path, 1000)) == [Read(8, {"n": 1}, anew=True)]


def test_events_are_chosen_by_when_they_were(tmp_path):
    path = tmp_path / "history.jsonl"
    path.write_text(
        "".join(f'{{"timestamp": "2026-01-0{d}T00:00:00.000+00:00"}}\n' for d in (1, 2, 3)) + "{}\n"
    )
    second, third = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC)
    assert len(list(events(path, since=second))) == 2
    assert len(list(events(path, since=second, until=third))) == 1
    assert len(list(events(path))) == 4


def test_a_missing_file_has_no_lines_and_every_domain_is_found(tmp_path):
    assert list(read_log(tmp_path / "none")) == []
    for domain in ("stack", "process"):
        path = tmp_path / "docs/domains" / domain / "history.jsonl"
        AppendOnlyLog(path).append(b"{}")
    assert list(domains(tmp_path)) == ["process", "stack"]
