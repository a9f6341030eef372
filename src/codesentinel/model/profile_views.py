"""What is said of profiles: which functions are hot, and which changed between two."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from codesentinel.model.interval import Interval
    from codesentinel.model.profile import Profile, Stored

SLOWER, FASTER, SAME, UNTESTED = "slower", "faster", "no difference shown", "too few samples"


class Hot(NamedTuple):
    """A function, module or thread: its share of all samples, by itself and with what it called.

    ``worth`` is how many independent samples those of the profile are worth for ``self_ratio``.
    """

    name: str
    file: str
    module: str
    self_ratio: Interval
    total_ratio: Interval
    self_samples: int
    total_samples: int
    worth: float


class Share(NamedTuple):
    """A module or a thread, and its share of all samples."""

    name: str
    ratio: Interval
    samples: int


class Report(NamedTuple):
    """A profile in figures, hottest first."""

    stored: Stored | None
    profile: Profile
    functions: tuple[Hot, ...]
    modules: tuple[Share, ...]
    threads: tuple[Share, ...]
    notes: tuple[str, ...]

    def as_document(self) -> dict[str, object]:
        """The JSON shape; the stacks stay in their file."""
        return {
            "profile": self.stored,
            "samples": self.profile.samples,
            "rate_hertz": self.profile.rate_hertz,
            "duration_seconds": self.profile.duration_seconds,
            "mode": self.profile.mode,
            "functions": self.functions,
            "modules": self.modules,
            "threads": self.threads,
            "notes": self.notes,
        }


class Change(NamedTuple):
    """A function in both profiles.

    ``ratio`` is its time after over its time before, with an interval; ``total_ratio`` the same with all that
    it called, for which nothing is tested; ``q_value`` its p-value adjusted for all functions; ``detectable``
    the least slow-down that would be found with 80% probability, as a ratio, or None where none would.
    """

    name: str
    file: str
    module: str
    outcome: str
    ratio: Interval
    total_ratio: float | None
    before_ratio: float
    after_ratio: float
    before_samples: int
    after_samples: int
    p_value: float | None
    q_value: float | None
    detectable: float | None


class Side(NamedTuple):
    """One of two profiles that are compared."""

    stored: Stored | None
    profile: Profile
    name: str

    def as_document(self) -> dict[str, object]:
        """The JSON shape; the stacks stay in their file."""
        return {"profile": self.stored, "name": self.name, "samples": self.profile.samples}


class Diff(NamedTuple):
    """What got slower or faster from one profile to another."""

    before: Side
    after: Side
    changes: tuple[Change, ...]
    question: str
    tested: int
    level: float
    notes: tuple[str, ...]

    @property
    def slower(self) -> tuple[Change, ...]:
        """The functions that got slower, the largest loss first."""
        return tuple(one for one in self.changes if one.outcome == SLOWER)

    @property
    def faster(self) -> tuple[Change, ...]:
        """The functions that got faster."""
        return tuple(one for one in self.changes if one.outcome == FASTER)

    @property
    def exit_status(self) -> int:
        """1 where something got slower."""
        return 1 if self.slower else 0


class Watched(NamedTuple):
    """What continuous sampling did and what it took.

    ``overhead_ratio`` is the share of one core that the sampler took over the whole time.
    """

    service: str
    profiles: int
    missed: int
    samples: int
    elapsed_seconds: float
    sampler_cpu_seconds: float

    @property
    def overhead_ratio(self) -> float:
        """The sampler's CPU time over the time that went by."""
        return self.sampler_cpu_seconds / self.elapsed_seconds if self.elapsed_seconds > 0 else 0.0

    def as_document(self) -> dict[str, object]:
        """The JSON shape."""
        return {**self._asdict(), "overhead_ratio": self.overhead_ratio}
