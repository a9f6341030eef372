"""What ``canary judge`` hands back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codesentinel.model.canary import FAIL, INCONCLUSIVE, PASS

if TYPE_CHECKING:
    from typing import Any

    from codesentinel.model.canary import CanaryVerdict

EXIT_STATUS = {PASS: 0, FAIL: 1, INCONCLUSIVE: 3}
_POINTS = 120  # of the evidence over time, as the log keeps it


@dataclass(frozen=True, slots=True)
class CanaryJudgement:
    """A verdict, and what was asked for.

    Attributes:
        baseline, canary: the matchers of the arms.
        source: the server that was read.
        since, until: the window (epoch seconds).
        judge: ``codesentinel`` or ``kayenta``.
        looks: how often it was judged.
    """

    verdict: CanaryVerdict
    baseline: str
    canary: str
    source: str
    since: float
    until: float
    judge: str = "codesentinel"
    looks: int = 1

    @property
    def exit_status(self) -> int:
        """What the shell is told."""
        return EXIT_STATUS[self.verdict.verdict]

    def as_document(self) -> dict[str, Any]:
        """The JSON shape: that of the verdict, with what was asked for beside it."""
        verdict = {name: getattr(self.verdict, name) for name in self.verdict.__dataclass_fields__}
        return verdict | self._asked()

    def as_record(self) -> dict[str, Any]:
        """What the log keeps: of the evidence as many points as a picture needs."""
        verdict = self.verdict
        return self._asked() | {
            "verdict": verdict.verdict,
            "reason": verdict.reason,
            "alpha": verdict.alpha,
            "e_value": verdict.e_value,
            "block_times": _thinned(verdict.block_times),
            "evidence": _thinned(verdict.evidence),
            "metrics": [
                {
                    "name": one.name,
                    "kind": one.kind,
                    "outcome": one.outcome,
                    "reason": one.reason,
                    "effect": one.effect._asdict() if one.effect else None,
                    "e_value": one.e_value,
                    "safe_e_value": one.safe_e_value,
                    "exposure": {"baseline": one.baseline_requests, "canary": one.canary_requests},
                    "evidence": _thinned(one.evidence),
                    "safe_evidence": _thinned(one.safe_evidence),
                }
                for one in verdict.metrics
            ],
        }

    def _asked(self) -> dict[str, Any]:
        names = ("baseline", "canary", "source", "judge", "looks")
        return {name: getattr(self, name) for name in names} | {"from": self.since, "to": self.until}


def _thinned(values: tuple[float, ...]) -> list[float]:
    """At most so many, the last among them."""
    step = -(-len(values) // _POINTS) or 1
    return list(values[::-1][::step][::-1])
