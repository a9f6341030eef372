"""What makes a service slow: the evidence for each cause, and how the service and its resources did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codesentinel.model.timestamp import rfc3339

if TYPE_CHECKING:
    from typing import Any

    from codesentinel.model.finding import Finding
    from codesentinel.model.interval import Interval


@dataclass(frozen=True, slots=True)
class Trouble:
    """One way in which the service does worse: ``latency``, ``errors`` or ``throughput``.

    ``usual`` and ``worse`` are medians of the two groups of moments, ``share_ratio`` is how much of the
    time it was worse, ``since`` when that began (epoch seconds), ``picture`` the series in at most sixty
    values.
    """

    name: str
    unit: str
    usual: float
    worse: float
    share_ratio: float
    since: float
    picture: tuple[float, ...]

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "name": self.name,
            "unit": self.unit,
            "usual": self.usual,
            "worse": self.worse,
            "share_ratio": self.share_ratio,
            "since": rfc3339(self.since),
            "picture": self.picture,
        }


@dataclass(frozen=True, slots=True)
class Evidence:
    """One metric that foretells the trouble.

    ``correlation`` is Spearman's coefficient with its interval, at the lag at which it is surest, of
    ``levels`` or of ``steps``; ``worth`` is how many independent pairs stand behind it, ``p_value`` is
    adjusted for all that was asked. ``apart_from_load`` is what is left when plain load is taken away.
    ``accounts_ratio`` is the share of the added latency that was spent there, None where that is not
    measured in time.
    """

    name: str
    what: str
    subject: str
    unit: str
    query: str
    trouble: str
    correlation: Interval
    apart_from_load: Interval | None
    lag_seconds: float
    of: str
    worth: float
    p_value: float
    usual: float
    worse: float
    accounts_ratio: float | None
    saturated: bool
    picture: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """A resource that limits the service: the surest evidence first, and what else it sets in motion."""

    cause: str
    title: str
    mechanism: str
    action: str
    strength: float
    evidence: tuple[Evidence, ...]
    symptoms: tuple[str, ...]
    rules_out: tuple[str, ...]
    since: float
    deployment: str

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        names = (name for name in self.__slots__ if name != "since")
        return {**{name: getattr(self, name) for name in names}, "since": rfc3339(self.since)}


@dataclass(frozen=True, slots=True)
class Excluded:
    """A metric that is not the cause, and why not."""

    name: str
    subject: str
    cause: str
    reason: str


@dataclass(frozen=True, slots=True)
class Use:
    """One resource by the USE method: utilization and saturation, in the median and at most; None unknown."""

    resource: str
    aspect: str
    what: str
    subject: str
    unit: str
    median: float
    most: float
    limit: float | None

    @property
    def at_limit(self) -> bool:
        """Whether its highest value is where it hurts."""
        return self.limit is not None and self.most >= self.limit


@dataclass(frozen=True, slots=True)
class Red:
    """One route by the RED method; None where nothing was asked of it."""

    route: str
    requests_per_second: float
    error_ratio: float
    p50_seconds: float | None
    p95_seconds: float | None


@dataclass(frozen=True, slots=True)
class Knee:
    """Where more load brings no more throughput: ``capacity`` in requests a second, with its 95 % interval.

    ``status`` is ``seen``, ``not seen`` or ``not judged``, and ``reason`` says what that rests on.
    """

    status: str
    reason: str
    highest: float | None = None
    capacity: Interval | None = None


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """All that was found; ``verdict`` is ``explained``, ``unexplained`` or ``fine``."""

    source: str
    service: str
    start: float
    end: float
    step_seconds: float
    verdict: str
    summary: str
    troubles: tuple[Trouble, ...]
    causes: tuple[Cause, ...]
    excluded: tuple[Excluded, ...]
    unmeasured: tuple[str, ...]
    knee: Knee
    red: tuple[Red, ...]
    use: tuple[Use, ...]
    findings: tuple[Finding, ...]

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        names = (name for name in self.__slots__ if name not in ("start", "end"))
        times = {"from": rfc3339(self.start), "to": rfc3339(self.end)}
        return {**{name: getattr(self, name) for name in names}, **times}

    @property
    def exit_status(self) -> int:
        """1 where the service does worse than it can, else 0."""
        return int(self.verdict != "fine")
