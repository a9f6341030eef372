"""One log file: what an append does to it, and what it mends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap

import pytest

from codesentinel.model.errors import LogUnwritable
from codesentinel.store.log import AppendOnlyLog
from unmeasured import UNMEASURED

FIRST, NEXT = b'{"id": "first"}', b'{"id": "next"}'


@pytest.fixture
def path(tmp_path):
    return tmp_path / "history.jsonl"


def run_python(script, *args):
    """Run a script unmeasured: under a tracer signals arrive where they otherwise cannot."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, args)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env=UNMEASURED,
    ).stdout


def test_an_append_ends_its_record_with_a_newline_and_tells_where_it_begins(path):
    log = AppendOnlyLog(path)
    assert log.append(FIRST) == 0
    assert log.append(NEXT) == len(FIRST) + 1
    assert path.read_bytes() == FIRST + b"\n" + NEXT + b"\n"


def test_the_first_append_makes_the_folders(tmp_path):
    AppendOnlyLog(tmp_path / "a" / "b" / "history.jsonl").append(FIRST)
    assert (tmp_path / "a/b/history.jsonl").read_bytes() == FIRST + b"\n"


@pytest.mark.parametrize(
    "torn",
    [
        b'{"id": "to',
        b"\x00\xff",
        b'"no object"',
        b'{"a":' * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
        b"{" + b"x" * 3_000_000,
        b'{"a": "' + b"x" * 20_000_000 + b'"}',
    ],
    ids=["half", "bytes", "no object", "deep", "long integer", "3 MB", "20 MB"],
)
def test_a_torn_tail_is_moved_aside_by_the_next_writer(path, torn):
    path.write_bytes(FIRST + b"\n" + torn)
    assert AppendOnlyLog(path).append(NEXT) == len(FIRST) + 1
    assert path.read_bytes() == FIRST + b"\n" + NEXT + b"\n"
    assert path.with_name("history.jsonl.torn").read_bytes() == torn + b"\n"


@pytest.mark.parametrize("before", [b"", b'{"id": "zeroth"}\n'])
def test_a_whole_record_without_its_newline_is_kept(path, before):
    path.write_bytes(before + FIRST)
    AppendOnlyLog(path).append(NEXT)
    assert path.read_bytes() == before + FIRST + b"\n" + NEXT + b"\n"
    assert not path.with_name("history.jsonl.torn").exists()


@pytest.mark.parametrize("make", ["mkdir", "mkfifo"])
def test_a_torn_tail_that_cannot_be_put_aside_does_not_stop_the_log(path, make):
    getattr(os, make)(f"{path}.torn")
    path.write_bytes(FIRST + b'\n{"id": "to')
    AppendOnlyLog(path).append(NEXT)
    assert path.read_bytes() == FIRST + b"\n" + NEXT + b"\n"


def test_a_record_with_a_newline_is_refused(path):
    with pytest.raises(ValueError, match="one line"):
        AppendOnlyLog(path).append(b"{}\n{}")
    assert not path.exists()


@pytest.mark.parametrize("take_away", ["rename", "unlink"])
def test_a_log_that_was_rotated_away_is_begun_anew(path, take_away):
    log = AppendOnlyLog(path)
    log.append(FIRST)
    path.rename(path.with_name("old")) if take_away == "rename" else path.unlink()
    assert log.append(NEXT) == 0
    assert path.read_bytes() == NEXT + b"\n"


def test_a_log_behind_a_symbolic_link_is_written_where_the_link_points(path, tmp_path):
    path.symlink_to(tmp_path / "elsewhere")
    log = AppendOnlyLog(path)
    log.append(FIRST)
    log.append(NEXT)
    assert (tmp_path / "elsewhere").read_bytes() == FIRST + b"\n" + NEXT + b"\n"


def test_a_closed_log_opens_itself_again(path):
    log = AppendOnlyLog(path)
    log.append(FIRST)
    log.close()
    log.close()
    assert log.append(NEXT) > 0


def test_a_descriptor_closed_by_somebody_else_costs_one_record_at_most(path):
    log = AppendOnlyLog(path)
    log.append(FIRST)
    os.close(log._fd)
    with pytest.raises(LogUnwritable, match="Bad file descriptor"):
        log.append(NEXT)
    log.append(NEXT)
    assert path.read_bytes() == FIRST + b"\n" + NEXT + b"\n"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda p: p.parent.write_text("a file"), "File exists|Not a directory"),
        (lambda p: p.mkdir(parents=True), "Is a directory"),
        (lambda p: (p.parent.mkdir(), os.mkfifo(p)), "not a regular file"),
        (lambda p: (p.parent.mkdir(), p.symlink_to("/dev/null")), "not a regular file"),
        (lambda p: (p.parent.mkdir(), p.symlink_to("/dev/full")), "not a regular file"),
        (lambda p: (p.parent.mkdir(), p.symlink_to(p)), "Too many levels of symbolic links"),
    ],
    ids=["folder is a file", "folder", "fifo", "null", "full", "loop"],
)
def test_a_path_that_cannot_be_a_log_is_told(tmp_path, make, reason):
    path = tmp_path / "place" / "history.jsonl"
    make(path)
    with pytest.raises(LogUnwritable, match=f"the log {path} could not be written: ({reason})") as told:
        AppendOnlyLog(path).append(b"{}")
    assert told.value.exit_status == 1
    assert "the command's own work is not affected" in told.value.hint


@pytest.mark.parametrize("fsync", [True, False])
def test_a_durable_append_has_reached_the_disk_and_a_new_file_its_name_too(path, fsync, monkeypatch):
    """The true call is made; only that it was made is noted."""
    flushed, fsync_of_the_system = [], os.fsync

    def noted(fd):
        flushed.append(os.readlink(f"/proc/self/fd/{fd}"))
        fsync_of_the_system(fd)

    monkeypatch.setattr(os, "fsync", noted)
    log = AppendOnlyLog(path, fsync=fsync)
    for _ in range(2):
        log.append(FIRST, durable=not fsync)
    assert flushed == [str(path), str(path.parent), str(path)]
    log.append(NEXT)
    assert len(flushed) == 3 + fsync


def test_a_child_forked_while_a_thread_appends_is_not_stuck(path):
    """The thread holds the log's inner lock, and waits for the file's: a fork copies the first."""
    output = run_python(
        """
        import fcntl, os, signal, sys, threading, time, warnings
        from codesentinel.store.log import AppendOnlyLog
        warnings.simplefilter("ignore", DeprecationWarning)
        log = AppendOnlyLog(sys.argv[1])
        log.append(b"{}")
        blocker = os.open(sys.argv[1], os.O_RDWR)
        fcntl.flock(blocker, fcntl.LOCK_EX)
        thread = threading.Thread(target=log.append, args=(b"{}",))
        thread.start()
        while not log._threads.locked(): time.sleep(0.001)
        child = os.fork()
        if child == 0:
            signal.alarm(20)
            log.append(b"{}")
            os._exit(0)
        time.sleep(0.05)
        fcntl.flock(blocker, fcntl.LOCK_UN)
        thread.join()
        print(os.waitpid(child, 0)[1])
        """,
        path,
    )
    assert output == "0\n"
    assert path.read_bytes() == b"{}\n" * 3


def test_an_interrupt_at_any_moment_leaves_no_lock_and_no_torn_line(path):
    output = run_python(
        """
        import fcntl, os, random, signal, sys
        from codesentinel.store.log import AppendOnlyLog
        class Interrupt(Exception): pass
        armed = False
        def interrupt(*_):
            if armed: raise Interrupt
        signal.signal(signal.SIGALRM, interrupt)
        chance, log = random.Random(7), AppendOnlyLog(sys.argv[1])
        log.append(b"{}")
        other = os.open(sys.argv[1], os.O_RDWR)
        for number in range(400):
            try:
                armed = True  # and again: Python swallows what is raised while it finalises an object
                signal.setitimer(signal.ITIMER_REAL, chance.uniform(1e-5, 5e-4), 0.25)
                while True: log.append(b'{"n": 1}')
            except Interrupt:
                armed = False
                fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
                fcntl.flock(other, fcntl.LOCK_UN)
        print("free", len(os.listdir("/proc/self/fd")) < 20)
        """,
        path,
    )
    assert output == "free True\n"
    assert set(path.read_bytes().split(b"\n")[1:-1]) == {b'{"n": 1}'}
    assert json.loads(path.read_bytes().split(b"\n")[0]) == {}
