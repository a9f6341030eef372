"""Reading the log back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from codesentinel.model.errors import Failed
from codesentinel.model.timestamp import rfc3339
from codesentinel.store.log import AppendOnlyLog
from codesentinel.store.reader import Read, domains, events, read_log

ONE, TWO = b'{"n":1}', b'{"n":2}'


@pytest.fixture
def path(tmp_path):
    return tmp_path / "history.jsonl"


def test_a_replay_gives_the_records_in_their_order_and_goes_on_where_it_stopped(path):
    log = AppendOnlyLog(path)
    log.append(ONE)
    first = list(read_log(path))
    log.append(TWO)
    assert first == [Read(8, {"n": 1})]
    assert list(read_log(path, first[-1].end)) == [Read(16, {"n": 2})]
    assert list(read_log(path, 16)) == []


@pytest.mark.parametrize(
    "damage",
    [b"not json", b"[1]", b"\xff", b"", b'{"n":' * 100_000, b"1" * 5000, '{"n":3}'.encode("utf-16-le")],
)
def test_a_damaged_line_is_shown_as_such_and_passed_over_by_events(path, damage):
    path.write_bytes(ONE + b"\n" + damage + b"\n" + TWO + b"\n")
    assert [read.event for read in read_log(path)] == [{"n": 1}, None, {"n": 2}]
    assert list(events(path)) == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize("tail", [TWO, b'{"n":', b"x" * 200_000])
def test_a_tail_without_newline_is_not_yet_a_record(path, tail):
    path.write_bytes(ONE + b"\n" + tail)
    assert list(events(path)) == [{"n": 1}]
    assert list(read_log(path, 8)) == []


def test_a_tail_taken_back_and_written_over_while_it_is_read_is_not_mixed_with_what_follows(path):
    path.write_bytes(ONE + b"\n" + b'{"torn":"' + b"x" * 100)
    reading = read_log(path)
    assert next(reading).event == {"n": 1}
    AppendOnlyLog(path).append(b'{"n":"' + b"y" * 300 + b'"}')
    assert list(reading) == []
    assert [event["n"][0] for event in events(path, 8)] == ["y"]


@pytest.mark.parametrize("start", [1000, 9, 3, -1])
def test_where_no_line_ends_the_file_is_another_and_read_from_its_beginning(path, start):
    path.write_bytes(ONE + b"\n" + TWO + b"\n")
    assert list(read_log(path, start)) == [Read(8, {"n": 1}, anew=True), Read(16, {"n": 2})]


def test_a_file_deleted_while_it_is_read_is_read_to_its_end(path):
    path.write_bytes(ONE + b"\n" + TWO + b"\n")
    reading = read_log(path)
    next(reading)
    path.unlink()
    assert [read.event for read in reading] == [{"n": 2}]


def test_events_are_chosen_by_their_timestamp(path):
    began = datetime(2026, 1, 2, tzinfo=UTC)
    log = AppendOnlyLog(path)
    for hour in range(4):
        log.append(b'{"timestamp":"%s"}' % rfc3339((began + timedelta(hours=hour)).timestamp()).encode())
    log.append(b'{"timestamp":"2026-01-02T04:00:00.000+02:00"}')
    log.append(b'{"timestamp":"yesterday"}')
    log.append(b'{"timestamp":"2026-01-02T02:00:00"}')
    log.append(b"{}")

    def chosen(**limits):
        return [event["timestamp"][11:13] for event in events(path, **limits)]

    assert chosen(since=began + timedelta(hours=2)) == ["02", "03", "04"]
    assert chosen(until=began + timedelta(hours=2)) == ["00", "01"]
    assert chosen(since=began + timedelta(hours=1), until=began + timedelta(hours=3)) == ["01", "02", "04"]
    assert len(list(events(path))) == 8


def test_a_missing_file_has_no_lines(path):
    assert list(read_log(path)) == []


def test_a_log_that_cannot_be_read_is_told(path):
    path.mkdir()
    with pytest.raises(Failed, match=f"the log {path} cannot be read: Is a directory"):
        list(read_log(path))


def test_every_domain_that_has_a_log_is_found(tmp_path):
    for domain in ("stack", "process"):
        AppendOnlyLog(tmp_path / "docs/domains" / domain / "history.jsonl").append(b"{}")
    (tmp_path / "docs/domains/empty").mkdir()
    (tmp_path / "docs/domains/odd/history.jsonl").mkdir(parents=True)
    assert list(domains(tmp_path)) == ["process", "stack"]
    assert domains(tmp_path)["stack"] == tmp_path / "docs/domains/stack/history.jsonl"
