"""The index and the archive, killed at random moments."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from codesentinel.store.archive_read import archive_lines, segments
from codesentinel.store.index_check import check
from codesentinel.store.index_query import IndexQuery
from codesentinel.store.integrity import check_chain
from logs import DAY, index_of, log_of, write, write_old

WRITER = """
import sys
import codesentinel.store.index as module
from codesentinel.store.index import ArchiveIndex
module._BATCH = module._REBUILD_BATCH = 200
index = ArchiveIndex(sys.argv[1], sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
index.rebuild() if sys.argv[3] == "rebuild" else index.catch_up()
"""
ARCHIVER = """
import sys
from codesentinel.store.archive import archive_log
import duckdb
print("ready", flush=True)
sys.stdin.readline()
archive_log(sys.argv[1], "stack", sys.argv[2])
"""


def killed(code, arguments, seconds):
    """Run a child and kill it so long after it began its work; whether it was still at work."""
    child = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout.readline() == b"ready\n"
    child.stdin.write(b"\n")
    child.stdin.flush()
    time.sleep(seconds)
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    return child.returncode == -signal.SIGKILL


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_a_hundred_times_nothing_is_lost_and_nothing_counted_twice(tmp_path):
    chance = random.Random(20261124)
    index = index_of(tmp_path)
    total, deaths, round_ = 0, 0, 0
    while deaths < 100 and round_ < 400:
        round_ += 1
        more = chance.randrange(200, 3000)
        write(tmp_path, more)
        total += more
        kind = "rebuild" if round_ % 4 == 3 else "catch_up"
        deaths += killed(WRITER, [tmp_path, index.folder, kind], chance.uniform(0.0, 0.06))
        if round_ % 10 == 9 or chance.random() < 0.3:
            index.catch_up(1 << 40)
            with index.reading() as connection:
                assert check(connection, index.root, full=False, progress=None)[0] == []
                assert sum(one.records for one in IndexQuery(connection, index.root).counts()) == total
    index.catch_up(1 << 40)
    with index.reading() as connection:
        assert check(connection, index.root, full=True, progress=None) == ([], total)
    assert log_of(tmp_path).read_bytes().count(b"\n") == total
    assert deaths == 100


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_an_archive_killed_at_random_moments_loses_no_line(tmp_path):
    pytest.importorskip("duckdb")
    chance = random.Random(7)
    now = time.time()
    index = index_of(tmp_path)
    for round_ in range(15):
        write_old(tmp_path, [now - DAY * (100 - round_) + n * 0.001 for n in range(3000)])
        index.catch_up()
        killed(ARCHIVER, [tmp_path, "2026-11-30T00:00:00.000+00:00"], chance.uniform(0.0, 0.5))
        state = check_chain(str(tmp_path), "stack", {})
        assert state.breaks == ()
        assert state.lines == 3000 * (round_ + 1)
        index.catch_up()
        with index.reading() as connection:
            query = IndexQuery(connection, index.root)
            assert [one.records for one in query.counts()] == [3000 * (round_ + 1)]
            assert check(connection, index.root, full=True, progress=None)[0] == []
    lines = [
        line for path in segments(str(tmp_path), "stack") for line in archive_lines(str(tmp_path / path))
    ]
    assert len(set(lines)) == len(lines)
