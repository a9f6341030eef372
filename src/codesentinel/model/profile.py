"""Profile: what a program was doing, as call stacks and how often each was seen."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

UNORDERED = "codesentinel (order of samples unknown)"
"""What a file that we write names as its exporter where its samples stand in no order."""
SLICES = 40
"""In how many equal stretches the course of a profile is kept."""

_FROZEN = re.compile(r"<frozen ([\w.]+)>")
_ROOTS = re.compile(r".*/(?:site-packages|dist-packages|lib/python3?\.?\d*t?)/")


class Frame(NamedTuple):
    """A place in the code. Without a known file it is empty, without a known line None."""

    function: str
    file: str = ""
    line: int | None = None

    @property
    def module(self) -> str:
        """The dotted name that Python would import it by, or the name of the library or file."""
        if not self.file:
            return "(unknown)"
        if found := _FROZEN.fullmatch(self.file):
            return found[1]
        path = _ROOTS.sub("", self.file)
        if not path.endswith(".py"):
            return path.rpartition("/")[2]
        return path.removesuffix(".py").removesuffix("/__init__").lstrip("/").replace("/", ".")


class Function(NamedTuple):
    """What is compared between profiles: a frame wherever in the function it stood."""

    function: str
    file: str

    @property
    def module(self) -> str:
        """See :attr:`Frame.module`."""
        return Frame(self.function, self.file).module


class Stack(NamedTuple):
    """Frames from the outermost to the one that ran, the thread, and in how many samples it was seen.

    ``course`` tells in how many of each of ``SLICES`` stretches of the recording; empty where the order of
    the samples is not known.
    """

    frames: tuple[Frame, ...]
    thread: str
    samples: int
    course: tuple[int, ...] = ()


class Origin(NamedTuple):
    """What was profiled: the labels under which a profile is found again; empty where unknown."""

    service: str = ""
    host: str = ""
    revision: str = ""


UNKNOWN = Origin()


@dataclass(frozen=True)
class Profile:
    """All stacks of a recording.

    Attributes:
        stacks: each pair of frames and thread once.
        source: what recorded it: ``py-spy``, ``perf``, the name of a format.
        origin: of which service, host and revision.
        started_at: epoch seconds; None where unknown.
        rate_hertz: samples a second and thread; None where unknown.
        duration_seconds: of the recording; None where unknown.
        lost: samples that could not be taken.
        sampler_cpu_seconds: what the sampler itself used; None where unknown.
        mode: ``cpu`` for threads that run, ``idle`` with those that wait, ``gil`` for the holder of the lock.
    """

    stacks: tuple[Stack, ...]
    source: str
    origin: Origin = UNKNOWN
    started_at: float | None = None
    rate_hertz: float | None = None
    duration_seconds: float | None = None
    lost: int = 0
    sampler_cpu_seconds: float | None = None
    mode: str = "cpu"

    @property
    def samples(self) -> int:
        """How many stacks were seen, all threads together."""
        return sum(stack.samples for stack in self.stacks)

    @property
    def has_course(self) -> bool:
        """Whether the order of the samples is known."""
        return bool(self.stacks) and all(stack.course for stack in self.stacks)

    def but(self, **changes: Any) -> Profile:
        """The same profile with some of its facts replaced."""
        return replace(self, **changes)


class Stored(NamedTuple):
    """A profile that was put on record, without its stacks.

    ``file`` holds them, relative to the workspace root; ``key`` is where the archive index has the event.
    """

    id: str
    key: str
    file: str
    source: str
    origin: Origin
    started_at: float | None
    rate_hertz: float | None
    duration_seconds: float | None
    samples: int
    lost: int
    sampler_cpu_seconds: float | None
    mode: str

    @property
    def files_modified(self) -> tuple[str, ...]:
        """For the log: where the stacks are."""
        return (self.file,)

    @property
    def overhead_ratio(self) -> float | None:
        """The share of one core that the sampler took while it sampled."""
        if self.sampler_cpu_seconds is None or not self.duration_seconds:
            return None
        return self.sampler_cpu_seconds / self.duration_seconds

    def as_document(self) -> dict[str, Any]:
        """The JSON shape: the labels beside the figures."""
        found = {name: getattr(self, name) for name in self._fields if name != "origin"}
        return {**found, **self.origin._asdict(), "overhead_ratio": self.overhead_ratio}


def merged(stacks: list[Stack]) -> tuple[Stack, ...]:
    """Every pair of frames and thread once, most often seen first."""
    counts: dict[tuple[tuple[Frame, ...], str], int] = {}
    courses: dict[tuple[tuple[Frame, ...], str], tuple[int, ...]] = {}
    for stack in stacks:
        key = (stack.frames, stack.thread)
        counts[key] = counts.get(key, 0) + stack.samples
        before = courses.get(key)
        pairs = zip(before, stack.course, strict=False) if before else ((n, 0) for n in stack.course)
        courses[key] = tuple(a + b for a, b in pairs)
    found = (Stack(*key, count, courses[key]) for key, count in counts.items() if count > 0)
    return tuple(
        sorted(found, key=lambda s: (-s.samples, s.thread, [(f.function, f.file) for f in s.frames]))
    )
