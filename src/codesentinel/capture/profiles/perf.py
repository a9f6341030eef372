"""What ``perf script`` prints: a line for each sample, then its frames, the innermost first, then a blank."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codesentinel.capture.profiles.course import counted
from codesentinel.model.errors import BadAnswer
from codesentinel.model.profile import Frame, Profile, merged

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = re.compile(r"(?P<name>\S.*?)\s+(?P<ids>\d+(?:/\d+)?)\s+(?:\[\d+\]\s+)?(?P<at>\d+\.\d+):\s+.*")
_FRAME = re.compile(r"\s+[0-9a-f]+\s+(?P<symbol>.*?)(?:\s+\((?P<library>[^()]*(?:\([^()]*\))?)\))?\s*")
_PYTHON = re.compile(r"py::(?P<name>.*):(?P<file>/.*)")
_OFFSET = re.compile(r"\+0x[0-9a-f]+$")


def read_perf(text: str) -> Profile:
    """The profile, with its course. Frames of CPython's perf trampoline become frames of Python.

    Raises:
        BadAnswer: there is no sample with a stack in it.
    """
    threads: dict[str, list[tuple[tuple[Frame, ...], int]]] = {}
    times = []
    for thread, at, frames in _samples(text):
        threads.setdefault(thread, []).append((frames, 1))
        times.append(at)
    if not times:
        raise BadAnswer(
            "there are no stacks in it", hint="record with `perf record -g`, print with `perf script`"
        )
    stacks = [stack for thread, samples in threads.items() for stack in counted(samples, thread)]
    span = max(times) - min(times)
    return Profile(merged(stacks), source="perf", duration_seconds=span or None)


def _samples(text: str) -> Iterator[tuple[str, float, tuple[Frame, ...]]]:
    head: re.Match[str] | None = None
    frames: list[Frame] = []
    for line in (*text.splitlines(), ""):
        if not line.strip():
            if head and frames:
                yield f"{head['name']} {head['ids']}", float(head["at"]), tuple(reversed(frames))
            head, frames = None, []
        elif not line[:1].isspace() or head is None:
            head, frames = _HEAD.fullmatch(line.strip()), []
        elif found := _FRAME.fullmatch(line):
            frames.append(_frame(found["symbol"], found["library"] or ""))


def _frame(symbol: str, library: str) -> Frame:
    if python := _PYTHON.fullmatch(symbol):
        return Frame(python["name"], _OFFSET.sub("", python["file"]))
    return Frame(_OFFSET.sub("", symbol), library)
