"""The archive index: what it finds, what it counts, and what it makes of odd logs."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

from codesentinel.model.errors import CouldNotJudge, Failed
from codesentinel.store.index_check import check
from codesentinel.store.index_keys import group_of_key, place_event
from codesentinel.store.index_query import IndexQuery
from codesentinel.store.index_schema import link_path, writer_lock
from logs import event, index_of, log_of, snapshot, write, write_old


def keys(index, prefix=""):
    with index.reading() as connection:
        return [row.key for row in IndexQuery(connection, index.root).scan(prefix)]


def wrong(index, *, full=True):
    with index.reading() as connection:
        return check(connection, index.root, full=full, progress=None)[0]


def counts(index):
    with index.reading() as connection:
        return [tuple(one) for one in IndexQuery(connection, index.root).counts()]


def put(root, line, domain="stack"):
    path = log_of(root, domain)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n")


def test_every_record_is_found_under_its_key(tmp_path):
    write(tmp_path, 30)
    write(tmp_path, 20, action="a/b%c", success=False)
    index = index_of(tmp_path)
    assert index.catch_up().added == 50
    with index.reading() as connection:
        query = IndexQuery(connection, index.root)
        for line in log_of(tmp_path).read_bytes().splitlines():
            found = query.get(place_event("stack", line).key)
            assert found.record == json.loads(line)
        assert query.get("stack/restarted/x/y") is None
    assert len(keys(index, "stack/a%2Fb%25c/")) == 20
    assert counts(index) == [("stack", "a%2Fb%25c", 20, 20), ("stack", "restarted", 30, 0)]
    assert wrong(index) == []


def test_keys_of_runs_and_satellites():
    moment = 1.79e9
    run = json.dumps(event(moment, "calamum", "measured", run="r/1")).encode()
    assert place_event("calamum", run).key.startswith("calamum/r%2F1/measured/2026-")
    satellite = json.dumps(event(moment, "satellites", "act", satellite="s1", procedure="backup")).encode()
    assert place_event("satellites", satellite).group == "satellites/s1/backup"
    alone = json.dumps(event(moment, "satellites", "act", satellite="s1")).encode()
    assert place_event("satellites", alone).group == "satellites/act"
    assert group_of_key(place_event("satellites", satellite).key) == "satellites/s1/backup"


@pytest.mark.parametrize(
    ("spelled", "kept"),
    [
        ("2026-11-24T10:00:00+02:00", "2026-11-24T08:00:00.000+00:00"),
        ("2026-11-24T10:00:00Z", "2026-11-24T10:00:00.000+00:00"),
        ("2026-11-24T10:00:00.250+00:00", "2026-11-24T10:00:00.250+00:00"),
        ("24/11/2026", "24%2F11%2F2026"),
    ],
)
def test_times_in_keys_are_utc(spelled, kept):
    line = json.dumps(event(0) | {"timestamp": spelled}).encode()
    assert place_event("stack", line).key.split("/")[2] == kept


def test_odd_events_are_events_and_damaged_lines_are_counted(tmp_path):
    odd = event(1.79e9)
    odd["activity"] |= {"success": 0, "metadata": ["not", "facts"]}
    put(tmp_path, odd)
    for line in (b"{\n", b"[]\n", b"\xff\xfe\n", b"\n", b'{"id": 3}\n', b"[" * 5000 + b"\n"):
        put(tmp_path, line)
    put(tmp_path, event(1.79e9))
    index = index_of(tmp_path)
    index.catch_up()
    assert counts(index) == [("stack", "restarted", 2, 1)]
    assert [(s.lines, s.rows, s.damaged) for s in index.sources()] == [(8, 2, 6)]
    assert wrong(index) == []


def test_an_unfinished_line_waits(tmp_path):
    write(tmp_path, 2)
    line = json.dumps(event(1.79e9)).encode()
    put(tmp_path, line)
    index = index_of(tmp_path)
    caught_up = index.catch_up()
    assert (caught_up.added, caught_up.behind_bytes) == (2, 0)
    put(tmp_path, b"\n")
    assert index.catch_up().added == 1


def test_reading_on_is_incremental_bounded_and_idempotent(tmp_path):
    write(tmp_path, 25_000)
    index = index_of(tmp_path)
    first = index.catch_up(most_bytes=1000)
    assert first.added == 20_000
    assert first.behind_bytes > 0
    assert index.catch_up().added == 5_000
    assert index.catch_up().added == 0
    write(tmp_path, 1)
    assert index.behind_bytes() > 0
    assert index.catch_up().added == 1
    assert counts(index) == [("stack", "restarted", 25_001, 0)]
    assert wrong(index) == []


def test_a_line_written_twice_counts_once(tmp_path):
    write(tmp_path, 5)
    put(tmp_path, log_of(tmp_path).read_bytes() * 2)
    index = index_of(tmp_path)
    assert index.catch_up().added == 5
    put(tmp_path, log_of(tmp_path).read_bytes())
    assert index.catch_up().added == 0
    assert counts(index) == [("stack", "restarted", 5, 0)]
    assert [s.duplicates for s in index.sources()] == [25]
    assert wrong(index) == []
    assert index.rebuild().added == 5
    assert counts(index) == [("stack", "restarted", 5, 0)]


def test_a_replaced_log_is_read_anew(tmp_path):
    write(tmp_path, 10)
    index = index_of(tmp_path)
    index.catch_up()
    log_of(tmp_path).rename(log_of(tmp_path).with_suffix(".old"))
    write(tmp_path, 12, action="other")
    index.catch_up()
    assert counts(index) == [("stack", "other", 12, 0)]
    assert wrong(index) == []


def test_a_cut_log_is_read_anew(tmp_path):
    write(tmp_path, 10)
    index = index_of(tmp_path)
    index.catch_up()
    lines = log_of(tmp_path).read_bytes().splitlines(keepends=True)
    os.truncate(log_of(tmp_path), sum(map(len, lines[:4])))
    index.catch_up()
    assert counts(index) == [("stack", "restarted", 4, 0)]
    write(tmp_path, 20)  # longer than before, by the same inode
    index.catch_up()
    assert counts(index) == [("stack", "restarted", 24, 0)]
    assert wrong(index) == []


def test_a_log_that_was_written_over_is_read_anew_though_it_grew(tmp_path):
    write(tmp_path, 10)
    index = index_of(tmp_path)
    index.catch_up()
    os.truncate(log_of(tmp_path), 0)
    write(tmp_path, 40, action="other")
    index.catch_up()
    assert counts(index) == [("stack", "other", 40, 0)]


def test_a_removed_log_leaves_no_rows(tmp_path):
    write(tmp_path, 3)
    write(tmp_path, 3, domain="kept")
    index = index_of(tmp_path)
    index.catch_up()
    log_of(tmp_path).unlink()
    index.catch_up()
    assert counts(index) == [("kept", "restarted", 3, 0)]


def test_lines_in_two_files_outlive_either(tmp_path):
    write(tmp_path, 5)
    write(tmp_path, 1, domain="copy")
    index = index_of(tmp_path)
    path = snapshot(tmp_path, 1.79e9, {1: 0, 5: 1})
    twin = path.with_name("process_snapshot_copy.jsonl")
    twin.write_bytes(path.read_bytes())
    index.catch_up()
    assert len(keys(index, "process/")) == 2
    path.unlink()
    index.catch_up()
    assert len(keys(index, "process/")) == 2
    assert wrong(index) == []


def test_a_subtree_is_all_that_is_below(tmp_path):
    parents = {1: 0, 10: 1, 100: 10, 101: 10, 1000: 101, 11: 1, 110: 11}
    snapshot(tmp_path, 1.79e9, parents)
    snapshot(tmp_path, 1.79e9 + 60, {1: 0, 10: 1, 7: 10})
    index = index_of(tmp_path)
    index.catch_up()
    with index.reading() as connection:
        query = IndexQuery(connection, index.root)
        early, late = query.latest_snapshot("2026-09-21T14:13:20.000+00:00"), query.latest_snapshot()
        assert early < late
        assert [f.record["pid"] for f in query.subtree(10, late)] == [10, 7]
        assert {f.record["pid"] for f in query.subtree(10, early)} == {10, 100, 101, 1000}
        assert len(query.subtree(1, early)) == 7
        assert query.subtree(999, early) is None
        assert query.latest_snapshot("2020-01-01T00:00:00.000+00:00") == ""


def test_events_of_an_interval_in_order(tmp_path):
    write_old(tmp_path, [1.79e9 + n for n in range(10)])
    write_old(tmp_path, [1.79e9 + n + 0.5 for n in range(10)], domain="review", action="review.review")
    index = index_of(tmp_path)
    index.catch_up()
    with index.reading() as connection:
        query = IndexQuery(connection, index.root)
        times = [row.key.split("/")[2] for row in query.events()]
        assert times == sorted(times)
        assert len(times) == 20
        assert [row.key.split("/")[2] for row in query.events(limit=3)] == times[-3:]
        assert len(query.events(["review"])) == 10
        assert len(query.events(action="restarted", since=times[4])) == 8
        assert len(query.events(since=times[2], until=times[5])) == 3
        assert query.events(failed=True) == []


def test_a_changed_line_is_not_given_out_for_another(tmp_path):
    write(tmp_path, 3)
    index = index_of(tmp_path)
    index.catch_up()
    key = keys(index)[0]
    text = log_of(tmp_path).read_bytes()
    log_of(tmp_path).write_bytes(text.replace(b"restarted", b"retracted"))
    with index.reading() as connection:
        assert IndexQuery(connection, index.root).get(key).record is None
    assert wrong(index, full=False)


def test_without_an_index_and_with_a_damaged_one(tmp_path):
    write(tmp_path, 3)
    index = index_of(tmp_path)
    with pytest.raises(CouldNotJudge), index.reading():
        pass
    index.catch_up()
    with open(os.path.realpath(link_path(index.folder)), "r+b") as file:
        file.write(b"no database at all" * 100)
    with pytest.raises(Failed):
        index.catch_up()
    assert index.rebuild().added == 3
    assert wrong(index) == []


def test_an_interrupted_rebuild_leaves_the_old_index_and_no_litter(tmp_path):
    write(tmp_path, 5)
    index = index_of(tmp_path)
    index.catch_up()
    there = sorted(os.listdir(index.folder))

    def interrupted(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index.rebuild(interrupted)
    assert sorted(os.listdir(index.folder)) == there
    assert len(keys(index)) == 5


def test_verify_sees_rows_that_are_missing_or_too_many(tmp_path):
    write(tmp_path, 50)
    index = index_of(tmp_path)
    index.catch_up()
    connection = sqlite3.connect(os.path.realpath(link_path(index.folder)))
    with connection:
        connection.execute("DELETE FROM records WHERE key = (SELECT max(key) FROM records)")
    assert wrong(index, full=False)
    with connection:
        connection.execute("INSERT INTO records VALUES ('stack/x/y/z', 77, 0, 1, 1)")
    assert any("no source" in text for text in wrong(index))
    connection.close()


def test_a_busy_writer_is_not_waited_for(tmp_path):
    write(tmp_path, 5)
    index = index_of(tmp_path)
    index.catch_up()
    write(tmp_path, 5)
    with writer_lock(index.folder) as mine:
        assert mine
        caught_up = index.catch_up()
        assert caught_up.busy
        assert caught_up.behind_bytes > 0
        assert len(keys(index)) == 5
        with pytest.raises(Failed):
            index.rebuild()
    assert index.catch_up().added == 5


def test_many_readers_beside_one_writer_and_a_rebuild(tmp_path):
    write(tmp_path, 2000)
    index = index_of(tmp_path)
    index.catch_up()
    reader = (
        "import sys, time\n"
        "from codesentinel.store.index import ArchiveIndex\n"
        "from codesentinel.store.index_query import IndexQuery\n"
        "index, seen, end = ArchiveIndex(sys.argv[1], sys.argv[2]), 0, time.time() + 4\n"
        "while time.time() < end:\n"
        "    with index.reading() as c:\n"
        "        q = IndexQuery(c, index.root)\n"
        "        rows, n = q.scan(''), sum(one.records for one in q.counts())\n"
        "        assert len(rows) == n >= seen, (len(rows), n, seen)\n"
        "        seen = n\n"
        "        assert all(f.record for f in q.read(rows[-20:]))\n"
        "print(seen)\n"
    )
    readers = [
        subprocess.Popen([sys.executable, "-c", reader, index.root, index.folder], stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    stop = time.monotonic() + 4.5
    added = 2000
    while time.monotonic() < stop:
        write(tmp_path, 50)
        added += 50
        index.catch_up()
        if added % 500 == 0:
            index.rebuild()
    for process in readers:
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        assert int(out) >= 2000
    assert len(keys(index)) == added
    assert wrong(index) == []
    index.catch_up()
    databases = [name for name in os.listdir(index.folder) if name.endswith(".sqlite")]
    assert len(databases) == 2  # the link and the generation it names


def test_two_writers_at_once_count_once(tmp_path):
    write(tmp_path, 3000)
    threads = [threading.Thread(target=lambda: index_of(tmp_path).catch_up()) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    index = index_of(tmp_path)
    index.catch_up()
    assert counts(index) == [("stack", "restarted", 3000, 0)]
