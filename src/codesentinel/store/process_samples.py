"""The recorder's samples on disk: an append-only log for each hour, each line what has changed since.

Format: JSON lines. ``key`` lines hold every process, the lines between only those that have run, and the
ids of those that are gone. A row is ``[pid, start_ticks, [what changes], [what stays] or null]``.
"""

from __future__ import annotations

import json
import os

from codesentinel.model.process import Process
from codesentinel.model.process_sample import Host, Sample, Sampled
from codesentinel.model.timestamp import rfc3339
from codesentinel.store.log import AppendOnlyLog
from codesentinel.store.strict_json import strict_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

SEGMENT_SECONDS = 3600
_KEY_SAMPLES = 60
_PREFIX, _SUFFIX = "samples-", ".jsonl"


class SampleWriter:
    """Writes samples, and removes what is older than wanted.

    Args:
        folder: where the segments lie.
        retention_seconds: how long a segment is kept after its hour.
        most_bytes: beyond this the oldest segments go, whatever their age.
    """

    def __init__(self, folder: str, *, retention_seconds: float, most_bytes: int) -> None:
        self._folder = folder
        self._retention_seconds = retention_seconds
        self._most_bytes = most_bytes
        self._log: AppendOnlyLog | None = None
        self._before: dict[int, Sampled] = {}
        self._number = 0

    def write(self, sample: Sample) -> int:
        """Append one sample; the number of bytes.

        Raises:
            LogUnwritable: it could not be written; the next one is written whole.
        """
        path = segment(self._folder, sample.time)
        if self._log is None or self._log.path != path:
            self.close()
            self._log = AppendOnlyLog(path)
            self._number = 0
            remove_old(self._folder, sample.time - self._retention_seconds, self._most_bytes)
        number, self._number = self._number, 0  # a failure is followed by a whole sample
        key = number % _KEY_SAMPLES == 0
        line = _line(sample, {} if key else self._before, key=key)
        self._log.append(line)
        self._before, self._number = dict(sample.processes), number + 1
        return len(line)

    def close(self) -> None:
        """Let go of the file."""
        if self._log is not None:
            self._log.close()
            self._log = None


def segment(folder: str, time: float) -> str:
    """The file that holds the samples of this hour."""
    hour = rfc3339(time // SEGMENT_SECONDS * SEGMENT_SECONDS)[:13].replace("-", "").replace("T", "")
    return os.path.join(folder, f"{_PREFIX}{hour}{_SUFFIX}")


def segments(folder: str) -> list[str]:
    """All segments, the oldest first."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    return [
        os.path.join(folder, name)
        for name in sorted(names)
        if name.startswith(_PREFIX) and name.endswith(_SUFFIX)
    ]


def remove_old(folder: str, before: float, most_bytes: int) -> list[str]:
    """Remove segments whose hour ended before this moment, and the oldest beyond ``most_bytes``."""
    keep_from, removed = segment(folder, before), []
    files = segments(folder)
    sizes = {path: os.path.getsize(path) for path in files}
    total = sum(sizes.values())
    for path in files[:-1]:
        if path < keep_from or total > most_bytes:
            os.unlink(path)
            total -= sizes[path]
            removed.append(path)
    return removed


class SampleReader:
    """Reads samples in order; called again it goes on where it ended.

    Args:
        folder: where the segments lie.
        since: the first moment that is wanted, seconds since the epoch.
    """

    def __init__(self, folder: str, since: float = 0.0) -> None:
        self._folder = folder
        self._since = since
        self._path, self._offset = "", 0
        self._state: dict[int, Sampled] | None = None

    def samples(self, until: float = float("inf")) -> Iterator[Sample]:
        """Those that are there now, from ``since`` to ``until``.

        After a damaged line nothing is told until the next whole sample.
        """
        first = segment(self._folder, self._since) if self._since > 0 else ""
        for path in segments(self._folder):
            if path < max(first, self._path):
                continue
            if path != self._path:
                self._path, self._offset, self._state = path, 0, None
            for record in self._records():
                sample = self._sample(record)
                if sample is None:
                    continue
                if sample.time > until:
                    return
                if sample.time >= self._since:
                    yield sample

    def _records(self) -> Iterator[dict[str, Any]]:
        try:
            file = open(self._path, "rb")
        except FileNotFoundError:
            return
        with file:
            file.seek(self._offset)
            for line in file:
                if not line.endswith(b"\n"):
                    return
                self._offset += len(line)
                try:
                    record = json.loads(line)
                except ValueError:
                    self._state = None
                    continue
                if isinstance(record, dict):
                    yield record

    def _sample(self, record: dict[str, Any]) -> Sample | None:
        try:
            if record["key"]:
                self._state = {}
            elif self._state is None:
                return None
            state = self._state
            for pid in record["gone"]:
                state.pop(pid, None)
            for pid, ticks, changing, staying in record["rows"]:
                state[pid] = _from_row(pid, ticks, changing, staying, state.get(pid))
            host = Host(**record["host"])
            return Sample(float(record["time"]), dict(state), host, record["coverage"])
        except (KeyError, TypeError, ValueError, AttributeError):
            self._state = None
            return None


def _line(sample: Sample, before: dict[int, Sampled], *, key: bool) -> bytes:
    rows = []
    for pid, one in sample.processes.items():
        was = before.get(pid)
        if was is not one:
            rows.append(_row(one, was))
    gone = [pid for pid in before if pid not in sample.processes]
    host = {name: getattr(sample.host, name) for name in Host.__slots__}
    return strict_json(
        {
            "timestamp": rfc3339(sample.time),
            "time": sample.time,
            "key": key,
            "rows": rows,
            "gone": gone,
            "host": host,
            "coverage": sample.coverage,
        }
    )


def _row(one: Sampled, before: Sampled | None) -> list[Any]:
    process = one.process
    staying = [
        process.handle,
        _text(process.name),
        process.uid,
        process.username,
        process.flags,
        process.start_time,
        _text(one.exe),
        one.argv_digest,
        _text(process.argv_shape),
    ]
    changing = [
        process.ppid,
        process.state,
        process.threads,
        one.cpu_seconds,
        process.children_cpu_seconds,
        process.rss_bytes,
        process.vms_bytes,
        process.faults,
        one.waited_seconds,
        one.private_bytes,
        one.fds,
        one.fds_limit,
    ]
    told = before is not None and before.process.identity == process.identity and _stays(before, one)
    return [process.pid, process.start_ticks, changing, None if told else staying]


def _stays(before: Sampled, one: Sampled) -> bool:
    was, now = before.process, one.process
    return (was.name, was.uid, was.argv_shape, before.exe, before.argv_digest) == (
        now.name,
        now.uid,
        now.argv_shape,
        one.exe,
        one.argv_digest,
    )


def _from_row(
    pid: int, ticks: int, changing: list[Any], staying: list[Any] | None, before: Sampled | None
) -> Sampled:
    ppid, state, threads, cpu, children_cpu, rss, vms, faults, waited, private, fds, limit = changing
    if staying is None:
        if before is None or before.process.start_ticks != ticks:
            raise ValueError("a row without what it continues")
        was = before.process
        staying = [
            was.handle,
            was.name,
            was.uid,
            was.username,
            was.flags,
            was.start_time,
            before.exe,
            before.argv_digest,
            was.argv_shape,
        ]
    handle, name, uid, username, flags, start_time, exe, digest, shape = staying
    process = Process(
        pid, ppid, name, state, flags, uid, threads, cpu, children_cpu, ticks, start_time, rss, vms, faults
    )
    process.handle, process.username, process.argv_shape = handle, username, shape
    return Sampled(
        process,
        cpu_seconds=cpu,
        waited_seconds=waited,
        private_bytes=private,
        fds=fds,
        fds_limit=limit,
        exe=exe,
        argv_digest=digest,
    )


def _text(foreign: str) -> str:
    """Bytes that are no UTF-8 spelled out."""
    return foreign if foreign.isascii() else foreign.encode("utf-8", "backslashreplace").decode()
