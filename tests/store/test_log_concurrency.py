"""Many writers at once, some of them killed: nothing acknowledged is lost, nothing is torn."""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
import random
import selectors
import signal
import threading
import time
from collections import Counter

import pytest

from codesentinel.model.errors import LogUnwritable
from codesentinel.store.log import AppendOnlyLog
from codesentinel.store.reader import read_log
from codesentinel.store.session_memory import SessionMemory

FORK = multiprocessing.get_context("fork")
WRITERS, RECORDS = 16, 10_000
KILLS, AT_ONCE = 80, 4


@pytest.fixture
def path(tmp_path):
    return tmp_path / "history.jsonl"


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
    by_writer = {f"writer-{writer}": [] for writer in range(WRITERS)}
    for event in events:
        by_writer[event["agent_id"]].append(event["activity"]["metadata"]["n"])
    assert all(numbers == list(range(RECORDS)) for numbers in by_writer.values())


class Writer:
    """A process that appends for ever, and acknowledges each record through a pipe of its own."""

    def __init__(self, path, name):
        self.name = name
        self.pipe, acknowledge = os.pipe()
        self.process = FORK.Process(target=self._write, args=(path, acknowledge))
        self.process.start()
        os.close(acknowledge)

    def _write(self, path, pipe):
        log, chance, number = AppendOnlyLog(path), random.Random(self.name), 0
        while True:
            # Long records too: only a write of several pages can be cut short by a kill.
            filling = "x" * (chance.randrange(300_000) if chance.random() < 0.03 else 50)
            log.append(json.dumps({"id": f"{self.name}-{number}", "filling": filling}).encode())
            os.write(pipe, f"{self.name}-{number}\n".encode())  # below PIPE_BUF: whole or not at all
            number += 1

    def kill(self):
        """What it had acknowledged and nobody has read yet."""
        self.process.kill()
        self.process.join()
        rest = b"".join(iter(lambda: os.read(self.pipe, 65536), b""))
        os.close(self.pipe)
        return rest


def test_a_writer_killed_at_any_moment_loses_no_acknowledged_record(path):
    chance, acknowledged = random.Random(4711), bytearray()
    writers = [Writer(path, f"w{n}") for n in range(AT_ONCE)]
    with selectors.DefaultSelector() as pipes:
        for writer in writers:
            pipes.register(writer.pipe, selectors.EVENT_READ)
        for kill in range(KILLS):
            moment = time.monotonic() + chance.uniform(0.002, 0.04)
            while (left := moment - time.monotonic()) > 0:
                for key, _ in pipes.select(left):
                    acknowledged += os.read(key.fd, 65536)
            victim = writers.pop(chance.randrange(AT_ONCE))
            pipes.unregister(victim.pipe)
            acknowledged += victim.kill()
            writers.append(Writer(path, f"w{AT_ONCE + kill}"))
            pipes.register(writers[-1].pipe, selectors.EVENT_READ)
    for writer in writers:
        acknowledged += writer.kill()
    AppendOnlyLog(path).append(b'{"id": "last"}')

    promised = acknowledged.decode().split()
    written = lines(path)
    found = Counter(json.loads(line)["id"] for line in written)
    assert len(promised) > 500
    assert max(found.values()) == 1
    assert not set(promised) - set(found)
    assert written[-1] == b'{"id": "last"}\n'


def append_numbers(path, name):
    log = AppendOnlyLog(path)
    for number in range(800):
        log.append(json.dumps({"id": f"{name}-{number}"}).encode())


def tear(path):
    """Leave torn tails as a killed writer does: bytes without newline, and the lock given back."""
    chance = random.Random(3)
    fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
    for number in range(300):
        fcntl.flock(fd, fcntl.LOCK_EX)
        os.write(fd, b'{"id": "torn-%d", "filling": "' % number + b"x" * chance.randrange(20_000))
        fcntl.flock(fd, fcntl.LOCK_UN)
        time.sleep(0.0005)


def test_a_reader_sees_every_record_once_while_writers_write_and_tear(path):
    children = [FORK.Process(target=append_numbers, args=(path, f"w{n}")) for n in range(3)]
    children.append(FORK.Process(target=tear, args=(path,)))
    for child in children:
        child.start()
    end, seen, rounds = 0, [], 0
    while any(child.is_alive() for child in children) or rounds == 0:
        for read in read_log(path, end):
            assert not read.anew
            end = read.end
            seen.append(read.event)
        rounds += 1
    for child in children:
        child.join()
    AppendOnlyLog(path).append(b'{"id": "last"}')
    seen += [read.event for read in read_log(path, end)]
    whole = [event["id"] for event in seen if event is not None]
    assert len(whole) == len(set(whole)) == 3 * 800 + 1 + sum(i.startswith("torn") for i in whole)
    assert None not in seen


def test_threads_and_forked_children_share_one_log(path):
    log = AppendOnlyLog(path)

    def write(name):
        for number in range(200):
            log.append(json.dumps({"id": f"{name}-{number}"}).encode())

    log.append(b"{}")
    children = [FORK.Process(target=write, args=(f"child-{n}",)) for n in range(2)]
    threads = [threading.Thread(target=write, args=(f"thread-{n}",)) for n in range(4)]
    for each in (*children, *threads):
        each.start()
    for each in (*threads, *children):
        each.join(60)
    assert len({json.loads(line).get("id") for line in lines(path)}) == 6 * 200 + 1


def test_a_log_closed_by_one_thread_while_others_append_loses_nothing(path):
    log = AppendOnlyLog(path)
    threads = [
        threading.Thread(target=lambda: [log.append(b"{}") for _ in range(300)]),
        threading.Thread(target=lambda: [log.close() for _ in range(300)]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    assert lines(path) == [b"{}\n"] * 300


def rotate(path, folder):
    """What an archiver does: rename the file while holding its lock."""
    for number in range(20):
        time.sleep(0.01)
        fd = os.open(path, os.O_RDWR | os.O_CREAT)
        fcntl.flock(fd, fcntl.LOCK_EX)
        path.rename(folder / f"sealed-{number}")
        os.fchmod(fd, 0o444)
        sealed = os.fstat(fd).st_size
        os.close(fd)
        time.sleep(0.002)
        assert (folder / f"sealed-{number}").stat().st_size == sealed


def test_no_record_is_written_into_a_file_that_was_rotated_under_the_lock(path, tmp_path):
    children = [FORK.Process(target=append_numbers, args=(path, f"w{n}")) for n in range(3)]
    children.append(FORK.Process(target=rotate, args=(path, tmp_path)))
    for child in children:
        child.start()
    for child in children:
        child.join(60)
        assert child.exitcode == 0
    found = [json.loads(line)["id"] for file in tmp_path.iterdir() for line in lines(file)]
    assert len(found) == len(set(found)) == 3 * 800


def test_a_stopped_writer_that_keeps_the_lock_is_not_waited_for_for_ever(tmp_path):
    told = []
    memory = SessionMemory(tmp_path, warn=told.append)
    path = memory.path("process")
    path.parent.mkdir(parents=True)
    holder = FORK.Process(target=hold, args=(path,))
    holder.start()
    while not path.exists() or path.stat().st_size == 0:
        time.sleep(0.001)
    os.kill(holder.pid, signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(LogUnwritable, match="another process keeps it locked"):
        AppendOnlyLog(path, patience_seconds=0.2).append(b"{}")
    assert 0.2 <= time.monotonic() - began < 2
    holder.kill()
    holder.join()
    assert memory.log_domain_activity("process", {"action": "x"})
    assert not told


def hold(path):
    fd = os.open(path, os.O_RDWR | os.O_CREAT)
    fcntl.flock(fd, fcntl.LOCK_EX)
    os.write(fd, b"{}\n")
    time.sleep(60)
