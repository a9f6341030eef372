"""The log under concurrency, crashes and full disks."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time

import pytest

from codesentinel.model.errors import LogUnwritable
from codesentinel.store.log import AppendOnlyLog
from codesentinel.store.session_memory import SessionMemory

FORK = multiprocessing.get_context("fork")
WRITERS, RECORDS = 16, 10_000


def lines(path):
    return path.read_bytes().splitlines(keepends=True)


def write_many(root, writer):
    memory = SessionMemory(root, session_id="s", agent_id=f"writer-{writer}")
    for number in range(RECORDS):
        assert memory.log_domain_activity("load", {"action": "write", "metadata": {"n": number}})


def test_sixteen_processes_write_ten_thousand_records_each_and_none_is_torn_or_lost(tmp_path):
    children = [FORK.Process(target=write_many, args=(tmp_path, w)) for w in range(WRITERS)]
    for child in children:
        child.start()
    for child in children:
        child.join(150)
        assert child.exitcode == 0
    events = [json.loads(line) for line in lines(tmp_path / "docs/domains/load/history.jsonl")]
    assert len(events) == WRITERS * RECORDS
    assert len({event["id"] for event in events}) == WRITERS * RECORDS
    for writer in range(WRITERS):
        own = [e["activity"]["metadata"]["n"] for e in events if e["agent_id"] == f"writer-{writer}"]
        assert own == list(range(RECORDS))


def acknowledge_forever(path, pipe, name):
    log = AppendOnlyLog(path)
    number = 0
    while True:
        record = f"{name}-{number}"
        log.append(json.dumps({"id": record, "filling": "x" * random.randrange(20_000)}).encode())
        os.write(pipe, f"{record}\n".encode())  # at most PIPE_BUF: whole or not at all
        number += 1


def test_a_writer_killed_at_any_moment_loses_no_acknowledged_record(tmp_path):
    path = tmp_path / "history.jsonl"
    chance = random.Random(4711)
    reading, writing = os.pipe()
    acknowledged = []

    def collect():
        with os.fdopen(reading) as pipe:
            acknowledged.extend(pipe)

    collector = threading.Thread(target=collect)
    collector.start()
    for kill in range(25):
        pair = [
            FORK.Process(target=acknowledge_forever, args=(path, writing, f"{kill}-{w}")) for w in range(2)
        ]
        for child in pair:
            child.start()
        time.sleep(chance.uniform(0.01, 0.06))
        for child in pair:
            os.kill(child.pid, signal.SIGKILL)
            child.join()
    os.close(writing)
    collector.join()
    AppendOnlyLog(path).append(b'{"id": "last"}')
    found = [json.loads(line)["id"] for line in lines(path)]
    assert len(acknowledged) > 100
    assert len(found) == len(set(found))
    assert {a.strip() for a in acknowledged} <= set(found)


@pytest.mark.parametrize("torn", [b'{"id": "to', b"\x00\xff", b'"no object"', b"{" + b"x" * 3_000_000])
def test_a_torn_tail_is_moved_aside_by_the_next_writer(tmp_path, torn):
    path = tmp_path / "history.jsonl"
    path.write_bytes(b'{"id": "first"}\n' + torn)
    assert AppendOnlyLog(path).append(b'{"id": "next"}') == 16
    assert lines(path) == [b'{"id": "first"}\n', b'{"id": "next"}\n']
    assert (tmp_path / "history.jsonl.torn").read_bytes() == torn + b"\n"


def test_a_whole_record_without_its_newline_is_kept(tmp_path):
    path = tmp_path / "history.jsonl"
    path.write_bytes(b'{"id": "first"}')
    AppendOnlyLog(path).append(b'{"id": "next"}')
    assert lines(path) == [b'{"id": "first"}\n', b'{"id": "next"}\n']


def test_a_record_with_a_newline_is_refused(tmp_path):
    with pytest.raises(ValueError, match="one line"):
        AppendOnlyLog(tmp_path / "history.jsonl").append(b"{}\n{}")


def test_threads_and_forked_children_share_one_log(tmp_path):
    path = tmp_path / "history.jsonl"
    log = AppendOnlyLog(path)

    def write(name):
        for number in range(200):
            log.append(json.dumps({"id": f"{name}-{number}"}).encode())

    log.append(b"{}")
    children = [FORK.Process(target=write, args=(f"child-{n}",)) for n in range(2)]
    threads = [threading.Thread(target=write, args=(f"thread-{n}",)) for n in range(4)]
    for child in children:
        child.start()
    for thread in threads:
        thread.start()
    for each in (*threads, *children):
        each.join(60)
    assert len({json.loads(line).get("id") for line in lines(path)}) == 6 * 200 + 1


def test_a_log_that_was_rotated_away_is_begun_anew(tmp_path):
    path = tmp_path / "history.jsonl"
    log = AppendOnlyLog(path)
    log.append(b'{"id": 1}')
    path.rename(tmp_path / "old")
    log.append(b'{"id": 2}')
    assert lines(path) == [b'{"id": 2}\n']


def test_a_record_that_does_not_fit_is_undone_and_told(tmp_path):
    """A file size limit cuts a write short exactly as a full disk does."""
    path = tmp_path / "history.jsonl"
    script = f"""
import resource, signal
from codesentinel.model.errors import LogUnwritable
from codesentinel.store.log import AppendOnlyLog
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
log = AppendOnlyLog({str(path)!r})
log.append(b'{{"n": "' + b"x" * 60 + b'"}}')
try:
    log.append(b'{{"n": "' + b"y" * 60 + b'"}}')
except LogUnwritable as exc:
    print(exc.message)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "only part of the record fitted; it was taken back" in done.stdout
    assert [json.loads(line)["n"][0] for line in lines(path)] == ["x"]


def test_a_full_disk_never_tears_a_line(tmp_path):
    """A real file system without space, in a mount namespace of its own."""
    script = f"""
import json
from codesentinel.store.session_memory import SessionMemory
told = []
memory = SessionMemory({str(tmp_path)!r}, warn=told.append)
written = sum(memory.log_domain_activity("full", {{"action": "write", "metadata": {{"x": "y" * 700}}}}) for _ in range(200))
kept = open(memory.path("full"), "rb").read().splitlines(keepends=True)
assert all(json.loads(line) and line.endswith(b"\\n") for line in kept)
print(written, len(kept), told)
"""
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)]
    inside = f"{' '.join(mount)} && exec {sys.executable} -c '{script.replace(chr(39), chr(34))}'"
    done = subprocess.run(["unshare", "-rm", "sh", "-c", inside], capture_output=True, text=True, check=False)
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip(f"no namespaces here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    written, kept, told = done.stdout.split(" ", 2)
    assert written == kept
    assert 0 < int(written) < 200
    assert told.count("not recorded") == 1
    assert "No space left on device" in told or "only part of the record fitted" in told


@pytest.mark.parametrize(
    "make", [lambda p: p.write_text("a file"), lambda p: (p / "history.jsonl").mkdir(parents=True)]
)
def test_a_path_that_cannot_be_a_log_is_told(tmp_path, make):
    make(tmp_path / "place")
    with pytest.raises(LogUnwritable, match="could not be written") as told:
        AppendOnlyLog(tmp_path / "place" / "history.jsonl").append(b"{}")
    assert told.value.exit_status == 1
    assert "the command's own work is not affected" in told.value.hint


def test_a_durable_append_reaches_the_disk(tmp_path):
    """Proved by the system call, not by trust."""
    script = (
        "from codesentinel.store.log import AppendOnlyLog\n"
        f"AppendOnlyLog({str(tmp_path / 'history.jsonl')!r}).append(b'{{}}', durable=True)"
    )
    trace = tmp_path / "trace"
    try:
        subprocess.run(
            ["strace", "-f", "-e", "trace=fsync,flock,write", "-o", trace, sys.executable, "-c", script],
            check=True,
            capture_output=True,
        )
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("strace does not run here")
    calls = [line.split("(")[0].split()[-1] for line in trace.read_text().splitlines() if "(" in line]
    assert "fsync" in calls[calls.index("flock") :]
    assert calls.index("write") < calls.index("fsync")


def test_one_append_is_cheap():
    """A guard against accidents of another order of magnitude, not a benchmark."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        memory = SessionMemory(folder, session_id="s", agent_id="a")
        before = resource.getrusage(resource.RUSAGE_SELF)
        for _ in range(2000):
            memory.log_domain_activity("cost", {"action": "write"})
        after = resource.getrusage(resource.RUSAGE_SELF)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert used / 2000 < 0.001
