"""What calamum found: one case, and a run of many."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

HELD, FAILED, SKIPPED, BROKEN = "held", "failed", "skipped", "broken"
"""The guard held; it did not; the case could not run here; the case itself went wrong and says nothing."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of one case.

    Attributes:
        target: what was attacked.
        case: the name of the experiment.
        title: what should hold, as a sentence.
        outcome: ``held``, ``failed``, ``skipped`` or ``broken``.
        detail: why, as a sentence; empty where it held.
        tags: CWE and MITRE ATT&CK ids.
        steps: each action and probe with what it gave.
        evidence: keys of the archive index, ids of findings.
        seconds: how long it took.
        seed: what its chances were drawn from.
        time_to_detect_seconds: of a fault that had to be noticed.
        quality: kind of process to how many were started and found, where many were.
        observed: of pressure beside the user's own process: which view noticed it, and what became of it.
    """

    target: str
    case: str
    title: str
    outcome: str
    detail: str = ""
    tags: tuple[str, ...] = ()
    steps: tuple[Mapping[str, Any], ...] = ()
    evidence: tuple[str, ...] = ()
    seconds: float = 0.0
    seed: int = 0
    time_to_detect_seconds: float | None = None
    quality: Mapping[str, Any] = field(default_factory=dict)
    observed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Looked:
    """Snapshots of all processes of an enclosure, before its first case and after its last, as JSON lines.

    ``difference`` names who is in the second and was not in the first.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    difference: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AttackRun:
    """A run of cases.

    ``left_over`` is what the machine has now and had not before; anything there is a fault of calamum.
    ``evidence`` are the files with what was looked at.
    """

    run: str
    seed: int
    version: str
    started_at: str
    targets: tuple[str, ...]
    cases: tuple[CaseResult, ...]
    sandbox: Mapping[str, Any]
    left_over: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    interrupted: bool = False
    seconds: float = 0.0
    files_modified: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many cases came out how."""
        outcomes = [case.outcome for case in self.cases]
        return {name: outcomes.count(name) for name in (HELD, FAILED, SKIPPED, BROKEN)}

    @property
    def exit_status(self) -> int:
        """0 held, 1 a guard failed, 3 nothing could run, 4 clean-up incomplete, 130 interrupted."""
        counts = self.counts
        if self.left_over:
            return 4
        if self.interrupted:
            return 130
        if counts[FAILED] or counts[BROKEN]:
            return 1
        return 0 if counts[HELD] else 3

    @property
    def verdict(self) -> str:
        """PASS only where something ran and all of it held."""
        return {0: "PASS", 3: "INCONCLUSIVE", 130: "INCONCLUSIVE"}.get(self.exit_status, "FAIL")

    @property
    def succeeded(self) -> bool:
        """Whether everything that ran held."""
        return self.exit_status == 0


@dataclass(frozen=True, slots=True)
class Change:
    """A case that came out otherwise than in an earlier run."""

    name: str
    before: str
    now: str

    @property
    def is_regression(self) -> bool:
        """Whether it held before, and does not now."""
        return self.before == HELD and self.now in (FAILED, BROKEN)
