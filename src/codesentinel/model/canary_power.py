"""What a canary would find, and when: the answer of ``canary simulate``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Power:
    """One metric under one harm.

    Attributes:
        harm: the canary's ratio as a multiple of the baseline's; 1 is none.
        stopped, passed: shares of the runs, by the deadline.
        stopped_after_seconds, passed_after_seconds: the median of those runs; None where there are none.
    """

    metric: str
    harm: float
    is_within_margin: bool
    stopped: float
    stopped_after_seconds: float | None
    passed: float
    passed_after_seconds: float | None


@dataclass(frozen=True, slots=True)
class CanaryPower:
    """All metrics; ``runs`` were simulated for each harm."""

    requests_per_minute: float
    canary_share: float
    deadline_seconds: float
    alpha: float
    runs: int
    powers: tuple[Power, ...]
