"""The recorder's samples on disk: an append-only log for each hour, each line what has changed since."""

from __future__ import annotations

import json
import os

from codesentinel.model.process_sample import Host, Sample
from codesentinel.model.timestamp import rfc3339
from codesentinel.store.log import AppendOnlyLog
from codesentinel.store.process_rows import encoded, from_row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from codesentinel.model.process_sample import Sampled

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
        line = encoded(sample, {} if key else self._before, key=key)
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
        if name.startswith(_PREFIX) and name.endswith(_SUFFIX) and os.path.isfile(os.path.join(folder, name))
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
    """Reads samples in the order in which they were written; called again it goes on where it ended.

    A clock that was set back makes the recorder go on in a segment that it had left: none is ever done with.

    Args:
        folder: where the segments lie.
        since: the first moment that is wanted, seconds since the epoch; later calls want all that is new.
    """

    def __init__(self, folder: str, since: float = 0.0) -> None:
        self._folder = folder
        self._since = since
        self._first = segment(folder, since) if since > 0 else ""
        self._path = ""
        self._offsets: dict[str, int] = {}
        self._state: dict[int, Sampled] | None = None

    def samples(self, until: float = float("inf")) -> Iterator[Sample]:
        """Those that are there now, from ``since`` to ``until``.

        After a damaged line nothing is told until the next whole sample.
        """
        last = segment(self._folder, until) if until < float("inf") else ""
        for path, size in self._grown():
            if path < self._first:
                self._offsets[path] = size
            elif not last or path <= last:
                if path != self._path:
                    self._path, self._state = path, None
                for record in self._records():
                    sample = self._sample(record)
                    if sample is not None and self._since <= sample.time <= until:
                        yield sample
        self._first, self._since = "", 0.0

    def _grown(self) -> Iterator[tuple[str, int]]:
        """The segments that hold more than was read of them."""
        for path in segments(self._folder):
            try:
                size = os.path.getsize(path)
            except FileNotFoundError:  # it was removed for its age
                continue
            if size > self._offsets.get(path, 0):
                yield path, size

    def _records(self) -> Iterator[dict[str, Any]]:
        try:
            with open(self._path, "rb") as file:
                offset = self._offsets.get(self._path, 0)
                file.seek(offset)
                for line in file:
                    if not line.endswith(b"\n"):
                        return
                    offset += len(line)
                    self._offsets[self._path] = offset
                    try:
                        record = json.loads(line)
                    except ValueError:
                        self._state = None
                        continue
                    if isinstance(record, dict):
                        yield record
        except FileNotFoundError:  # it was removed for its age
            return

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
                state[pid] = from_row(pid, ticks, changing, staying, state.get(pid))
            host = Host(**record["host"])
            return Sample(float(record["time"]), dict(state), host, record["coverage"])
        except (KeyError, TypeError, ValueError, AttributeError):
            self._state = None
            return None
