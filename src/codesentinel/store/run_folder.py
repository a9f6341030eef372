"""A run over very many series on disk: what it asks, the series that wait, and the results that are done.

``run.json`` says what is asked. ``series/part-*.bin`` hold the samples of some series each, as they were
read: so a run that is continued judges the same ones, and no more than a part has to be in memory. A part's
results appear as ``results/part-*.jsonl``, whole or not at all; then its samples are deleted. Nothing else
says what is done, so nothing can contradict it: a process that is killed at any moment leaves a run that can
be continued.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np

from codesentinel.model.errors import Failed, UsageError
from codesentinel.model.series import Series

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_READING, _READY = "reading", "ready"


class RunFolder:
    """One run, of which one process works at a time.

    Args:
        path: its folder, which need not be there.
        together: series in a part.
    """

    def __init__(self, path: str, together: int) -> None:
        self.path = path
        self._together = together
        self._numbers: dict[tuple[tuple[str, str], ...], int] = {}

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Work on it alone.

        Raises:
            UsageError: another process does.
            Failed: the folder cannot be made.
        """
        try:
            os.makedirs(self.path, mode=0o700, exist_ok=True)
            lock = os.open(os.path.join(self.path, "lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as exc:
            raise Failed(f"{self.path}: {exc.strerror}") from exc
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as exc:
                raise UsageError("another process works on this run", hint="wait, or name another") from exc
            yield
        finally:
            os.close(lock)

    @property
    def asked(self) -> dict[str, Any] | None:
        """What the run was begun with, and ``state``, ``series``, ``parts``; None for a new one."""
        try:
            with open(os.path.join(self.path, "run.json"), encoding="utf-8") as file:
                found: dict[str, Any] = json.load(file)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as exc:
            raise Failed(f"{self.path}/run.json cannot be read: {exc}", hint="name another run") from exc
        return found

    def begin(self, asked: Mapping[str, Any]) -> None:
        """Write down what is asked, with no series yet."""
        for name in ("series", "results"):
            shutil.rmtree(os.path.join(self.path, name), ignore_errors=True)
            os.makedirs(os.path.join(self.path, name), mode=0o700)
        self._numbers.clear()
        self._save({**asked, "state": _READING})

    def add(self, pieces: Iterable[Series]) -> None:
        """Samples of some series, after those that it has of them already."""
        parts: dict[int, list[bytes]] = {}
        for one in pieces:
            key = tuple(sorted(one.labels.items()))
            number = self._numbers.get(key)
            labels = None if number is not None else dict(one.labels)
            if number is None:
                number = self._numbers[key] = len(self._numbers)
            head = json.dumps({"series": number, "labels": labels, "samples": len(one)})
            body = one.times.astype("<f8").tobytes() + one.values.astype("<f8").tobytes()
            parts.setdefault(number // self._together, []).append(head.encode() + b"\n" + body)
        with _told(self.path):
            for part, texts in parts.items():
                with open(self._samples(part), "ab") as file:
                    file.writelines(texts)

    @property
    def count(self) -> int:
        """How many series were added since it began."""
        return len(self._numbers)

    def ready(self) -> None:
        """All series are there."""
        parts = -(-self.count // self._together)
        self._save({**(self.asked or {}), "state": _READY, "series": self.count, "parts": parts})
        self._numbers.clear()

    @property
    def is_ready(self) -> bool:
        """Whether all series are there."""
        return (self.asked or {}).get("state") == _READY

    def missing(self) -> list[int]:
        """The parts without results."""
        parts = int((self.asked or {}).get("parts", 0))
        return [part for part in range(parts) if not os.path.exists(self.results(part))]

    def read(self, part: int) -> list[Series]:
        """The series of a part, in the order in which they were first read."""
        labels: dict[int, dict[str, str]] = {}
        pieces: dict[int, list[tuple[Any, Any]]] = {}
        with _told(self.path), open(self._samples(part), "rb") as file:
            while line := file.readline():
                head = json.loads(line)
                number, size = head["series"], 8 * head["samples"]
                if head["labels"] is not None:
                    labels[number] = head["labels"]
                times, values = (np.frombuffer(file.read(size), dtype="<f8") for _ in range(2))
                pieces.setdefault(number, []).append((times, values))
        return [
            Series(labels[number], *(np.concatenate(column) for column in zip(*found, strict=True)))
            for number, found in pieces.items()
        ]

    def write(self, part: int, lines: Iterable[str]) -> str:
        """A part's results, one JSON line each; its samples are deleted then."""
        path = self.results(part)
        with _told(self.path):
            draft = f"{path}.draft"
            with open(draft, "w", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in lines)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._samples(part))
        return path

    def results(self, part: int) -> str:
        """Where the results of a part are, or will be."""
        return os.path.join(self.path, "results", f"part-{part:06}.jsonl")

    def lines(self, part: int) -> Iterator[dict[str, Any]]:
        """A part's results."""
        with _told(self.path), open(self.results(part), encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)

    def _samples(self, part: int) -> str:
        return os.path.join(self.path, "series", f"part-{part:06}.bin")

    def _save(self, asked: Mapping[str, Any]) -> None:
        path = os.path.join(self.path, "run.json")
        with _told(self.path):
            with open(f"{path}.draft", "w", encoding="utf-8") as file:
                json.dump(asked, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            os.replace(f"{path}.draft", path)


@contextlib.contextmanager
def _told(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise Failed(f"{path}: {exc.strerror or exc}", hint="is there space left?") from exc
