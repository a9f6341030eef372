"""Archiving: the same bytes afterwards, whoever writes meanwhile."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest

from codesentinel.model.errors import Failed, NotInstalled
from codesentinel.store import archive, archive_read
from codesentinel.store.archive import archive_log
from codesentinel.store.index_check import check
from codesentinel.store.index_query import IndexQuery
from codesentinel.store.integrity import check_chain
from codesentinel.store.search import search
from logs import DAY, event, index_of, log_of, write, write_old

duckdb = pytest.importorskip("duckdb")
NOW = 1.79e9
CUTOFF = "2026-09-11T14:13:20.000+00:00"  # ten days before
WRITER = """
import sys, time
from codesentinel import SessionMemory
memory, end, n = SessionMemory(sys.argv[1], warn=sys.exit), time.time() + 3, 0
print("ready", flush=True)
while time.time() < end:
    assert memory.log_domain_activity("stack", {"action": "written", "metadata": {"who": sys.argv[2], "n": n}})
    n += 1
print(n)
"""


@pytest.fixture
def root(tmp_path):
    """A log with 200 old and 50 young events."""
    write_old(tmp_path, [NOW - 20 * DAY + n for n in range(200)])
    write_old(tmp_path, [NOW + n for n in range(50)])
    return tmp_path


def all_lines(root, domain="stack"):
    archived = [
        line
        for path in archive_read.segments(str(root), domain)
        for line in archive_read.archive_lines(str(root / path))
    ]
    return archived + log_of(root, domain).read_bytes().split(b"\n")[:-1]


def test_old_events_move_and_nothing_else_changes(root):
    before = all_lines(root)
    head = check_chain(str(root), "stack", {}).head
    os.chmod(log_of(root), 0o640)
    moved = archive_log(str(root), "stack", CUTOFF)
    assert (moved.lines, moved.path) == (
        200,
        "docs/domains/stack/archive/20260901T141320.000_20260901T141639.000.parquet",
    )
    assert log_of(root).read_bytes().splitlines() == before[200:]
    assert all_lines(root) == before
    assert log_of(root).stat().st_mode & 0o777 == 0o640
    state = check_chain(str(root), "stack", {head: 0})
    assert (state.head, state.lines, state.archives, state.breaks) == (head, 250, 1, ())
    assert sorted(os.listdir(log_of(root).parent)) == ["archive", "history.jsonl"]
    assert len(os.listdir(log_of(root).parent / "archive")) == 1
    assert archive_log(str(root), "stack", CUTOFF).lines == 0


def test_the_archive_answers_sql(root):
    moved = archive_log(str(root), "stack", CUTOFF)
    rows = duckdb.sql(
        f"SELECT action, success, count(*), avg(duration_ms) FROM '{root / moved.path}' GROUP BY ALL"
    )
    assert rows.fetchall() == [("restarted", True, 200, 1.5)]


def test_a_dry_run_moves_nothing(root):
    before = log_of(root).read_bytes()
    moved = archive_log(str(root), "stack", CUTOFF, dry_run=True)
    assert moved.lines == 200
    assert log_of(root).read_bytes() == before
    assert not (log_of(root).parent / "archive").exists()


def test_the_last_line_stays_so_that_the_chain_goes_on(root):
    assert archive_log(str(root), "stack", "2030-01-01T00:00:00.000+00:00").lines == 249
    write(root, 3)
    state = check_chain(str(root), "stack", {})
    assert (state.lines, state.breaks) == (253, ())


def test_archives_follow_one_another(root):
    for day in (15, 5, 0):
        write_old(root, [NOW + DAY * (30 - day) + n for n in range(20)])
        archive_log(str(root), "stack", f"2026-{10 if day < 20 else 9}-{20 - day:02}T00:00:00.000+00:00")
    state = check_chain(str(root), "stack", {})
    assert (state.lines, state.breaks) == (310, ())
    assert state.archives >= 2


def test_damaged_and_odd_lines_move_unchanged(tmp_path):
    log_of(tmp_path).parent.mkdir(parents=True)
    odd = [
        b"{",
        b"",
        b"\xff\xfe",
        b'"\x00"',
        b'{"timestamp": 5}',
        '{"a":"\u00e9\u2028"}'.encode(),
        b"\r",
        b"x" * 300_000,
    ]
    old = [json.dumps(event(NOW - 20 * DAY)).encode(), *odd, json.dumps(event(NOW - 19 * DAY)).encode()]
    log_of(tmp_path).write_bytes(b"".join(line + b"\n" for line in old))
    write(tmp_path, 1)
    before = all_lines(tmp_path)
    assert archive_log(str(tmp_path), "stack", CUTOFF).lines == 10
    assert all_lines(tmp_path) == before


def test_tampering_with_an_archive_shows(root):
    moved = archive_log(str(root), "stack", CUTOFF)
    path = root / moved.path
    duckdb.sql(
        f"COPY (SELECT * REPLACE (replace(line, 'restarted', 'retracted') AS line) FROM '{path}'"
        f" ORDER BY number) TO '{path}.new' (FORMAT parquet)"
    )
    os.replace(f"{path}.new", path)
    found = check_chain(str(root), "stack", {}).breaks
    assert found[0].file == moved.path
    os.unlink(path)
    assert check_chain(str(root), "stack", {}).breaks[0].line == 1


def test_an_archive_that_is_no_parquet_stops_nothing_else(root):
    moved = archive_log(str(root), "stack", CUTOFF)
    (root / moved.path).write_bytes(b"PAR1 no more")
    found = check_chain(str(root), "stack", {}).breaks
    assert [(one.file, one.line) for one in found] == [(moved.path, 0)]
    index = index_of(root)
    caught_up = index.catch_up()
    assert caught_up.added == 50
    assert "cannot be read" in caught_up.notes[0]
    with index.reading() as connection:
        assert check(connection, index.root, full=True, progress=None)[0]


def test_verifying_while_lines_move_sees_no_break(root):
    code = (
        "import sys\nfrom codesentinel.store.archive import archive_log\nfor n in range(1, 9):\n"
        "    archive_log(sys.argv[1], 'stack', f'2026-09-01T14:{13 + n // 3}:{n % 3 * 20:02}.000+00:00')\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(root)])
    states = []
    while child.poll() is None:
        states.append(check_chain(str(root), "stack", {}))
    assert child.wait() == 0
    assert {(state.breaks, state.lines) for state in states} == {((), 250)}
    assert len(states) > 3
    assert len(archive_read.segments(str(root), "stack")) > 3


def test_writers_lose_nothing_while_the_log_is_archived(root):
    children = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(root), str(who)], stdout=subprocess.PIPE)
        for who in range(3)
    ]
    for child in children:
        assert child.stdout.readline() == b"ready\n"
    moved = archive_log(str(root), "stack", CUTOFF).lines
    while any(child.poll() is None for child in children):
        time.sleep(0.3)
        moved += archive_log(str(root), "stack", "2100-01-01T00:00:00.000+00:00").lines
    written = sum(int(child.communicate()[0]) for child in children)
    assert [child.returncode for child in children] == [0, 0, 0]
    lines = all_lines(root)
    assert len(lines) == len(set(lines)) == 250 + written
    assert moved > 1000
    state = check_chain(str(root), "stack", {})
    assert (state.lines, state.breaks) == (250 + written, ())


def test_the_index_goes_on_over_an_archive(root):
    index = index_of(root)
    index.catch_up()
    with index.reading() as connection:
        rows = IndexQuery(connection, index.root).scan("")
        before = [found.record for found in IndexQuery(connection, index.root).read(rows)]
    archive_log(str(root), "stack", CUTOFF)
    index.catch_up()
    with index.reading() as connection:
        query = IndexQuery(connection, index.root)
        assert [row.key for row in query.scan("")] == [row.key for row in rows]
        assert [found.record for found in query.read(query.scan(""))] == before
        assert [one.records for one in query.counts()] == [250]
        assert check(connection, index.root, full=True, progress=None)[0] == []


def test_an_interrupted_run_is_finished_by_the_next(root, monkeypatch):
    index = index_of(root)
    index.catch_up()

    def broken(*_):
        raise OSError(5, "broken disk")

    with monkeypatch.context() as patched:
        patched.setattr(archive, "_cut", broken)
        with pytest.raises(Failed):
            archive_log(str(root), "stack", CUTOFF)
    index.catch_up()
    assert check_chain(str(root), "stack", {}).breaks == ()
    assert len(list(search(str(root), ["stack"], "restarted", limit=0, notes=[]))) == 250
    assert archive_log(str(root), "stack", CUTOFF).lines == 200
    assert len(archive_read.segments(str(root), "stack")) == 1
    index.catch_up()
    with index.reading() as connection:
        assert [one.records for one in IndexQuery(connection, index.root).counts()] == [250]
    state = check_chain(str(root), "stack", {})
    assert (state.lines, state.breaks) == (250, ())


def test_without_duckdb_it_is_said(root, monkeypatch):
    archive_log(str(root), "stack", CUTOFF)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    monkeypatch.setattr(archive_read, "is_readable", lambda: False)
    with pytest.raises(NotInstalled):
        archive_log(str(root), "stack", CUTOFF)
    state = check_chain(str(root), "stack", {})
    assert (state.lines, state.breaks, len(state.unread)) == (50, (), 1)
    index = index_of(root)
    caught_up = index.catch_up()
    assert caught_up.added == 50
    assert "DuckDB" in caught_up.notes[0]
