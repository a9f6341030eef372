"""Pipes, folders and broken disks where files of the store should be: told, never waited for."""

from __future__ import annotations

import os
import signal

import pytest

from codesentinel.model.errors import Failed, UsageError
from codesentinel.operations.memory_log import archive, log, search, verify
from codesentinel.operations.process.record import record
from codesentinel.store.archive_read import segments
from codesentinel.store.index_sources import files
from codesentinel.store.integrity import check_chain
from codesentinel.store.process_samples import segments as sample_segments
from codesentinel.store.reader import read_log
from codesentinel.store.regular import open_regular
from logs import log_of, write

STUCK_SECONDS = 30
UNREADABLE = "/proc/self/mem"  # a regular file whose first byte answers EIO


@pytest.fixture(autouse=True)
def _never_for_ever():
    """A pipe that is waited for would be waited for until the end of the tests."""

    def stuck(*_):
        raise AssertionError("it waits for a pipe")

    before = signal.signal(signal.SIGALRM, stuck)
    signal.alarm(STUCK_SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def pipe(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)
    return path


def test_only_a_regular_file_is_opened(tmp_path):
    for path in (pipe(tmp_path / "pipe"), "/dev/null"):
        with pytest.raises(OSError, match="not a regular file"):
            open_regular(path)
    with pytest.raises(IsADirectoryError):
        open_regular(tmp_path)
    (tmp_path / "file").write_bytes(b"x")
    with open_regular(tmp_path / "file") as file:
        assert file.read() == b"x"


def test_a_pipe_in_place_of_a_log_is_passed_over(context):
    write(context.root, 3)
    pipe(log_of(context.root, "other"))
    pipe(log_of(context.root).parent / "archive" / "0001.parquet")
    pipe(context.root / "docs/metrics/process_snapshot_1.jsonl")
    assert [one.path for one in files(str(context.root))] == ["docs/domains/stack/history.jsonl"]
    assert segments(str(context.root), "stack") == []
    assert len(log(context).events) == 3
    assert len(search(context, text="restarted").hits) >= 3
    assert verify(context).succeeded
    assert archive(context, domains=["stack"], keep_seconds=1e9).domains
    with pytest.raises(Failed, match="not a regular file"):
        check_chain(str(context.root), "other", {})
    with pytest.raises(Failed, match="not a regular file"):
        list(read_log(log_of(context.root, "other")))


def test_a_disk_that_cannot_be_read_is_told(tmp_path):
    path = log_of(tmp_path)
    path.parent.mkdir(parents=True)
    path.symlink_to(UNREADABLE)
    with pytest.raises(Failed, match="cannot be read: Input/output error"):
        list(read_log(path))
    with pytest.raises(Failed, match="cannot be read: Input/output error"):
        check_chain(str(tmp_path), "stack", {})


def test_strange_samples_and_locks(context):
    folder = context.state_dir / "process"
    pipe(folder / "samples-2026112509.jsonl")
    (folder / "samples-2026112510.jsonl").mkdir()
    assert sample_segments(str(folder)) == []
    pipe(folder / "lock")
    with pytest.raises(UsageError, match="cannot be written"):
        record(context, interval_seconds=0.1, duration_seconds=0.1)
