"""What people said of findings, as the sensitivity of a series: bounded, and by a rule that can be told."""

from __future__ import annotations

from typing import NamedTuple

from codesentinel.analysis.trends.anomalies.alarms import BOUNDS, SENSITIVITY, alarm_score

LESS, MORE = 0.04, 0.02
"""What each `noise` takes, and each `useful` gives."""


class Opinion(NamedTuple):
    """How often a series' findings were called ``useful``, and ``noise``."""

    useful: int = 0
    noise: int = 0

    @property
    def sensitivity(self) -> float:
        """The usual one, less for noise, more where findings help, within bounds."""
        return self.tuned(SENSITIVITY)

    def tuned(self, sensitivity: float) -> float:
        """Another one than the usual, by the same rule; feedback leads no further out than one was."""
        wanted = sensitivity - LESS * self.noise + MORE * self.useful
        return min(max(wanted, min(BOUNDS[0], sensitivity)), max(BOUNDS[1], sensitivity))

    def notes(self, sensitivity: float) -> tuple[str, ...]:
        """What there is to say of a series that is judged with ``sensitivity``."""
        if self == Opinion():
            return ()
        tuned = self.tuned(sensitivity)
        told = f"it was {self.useful} times useful, {self.noise} times noise: sensitivity {tuned:.2f}"
        return (f"{told} instead of {sensitivity:.2f}, an alarm from score {alarm_score(tuned):.2f}",)

    @property
    def explanation(self) -> str:
        """In words."""
        return (
            f"{self.useful} times useful, {self.noise} times noise: sensitivity {self.sensitivity:.2f} "
            f"(usual {SENSITIVITY:g}, {LESS:g} less for each noise, {MORE:g} more for each useful, "
            f"between {BOUNDS[0]:g} and {BOUNDS[1]:g})"
        )
