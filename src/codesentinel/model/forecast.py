"""Forecasts with their intervals, and the series of which none could be made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codesentinel.model.timestamp import rfc3339

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Of one series; ``reason`` says why none could be made, and is empty otherwise.

    Attributes:
        labels: of the series.
        times: of the steps ahead, epoch seconds.
        mean: the forecast at each, about as likely to be passed as to be missed.
        lower: of the interval that holds a share ``level`` of what comes.
        upper: likewise.
        level: 0..1.
        step_seconds: between two steps.
        model: the methods that have a say, by their weight.
        season_seconds: the seasons that were found.
        history: the times and values that the forecast rests on, at the same step.
        backtest_error: mean absolute error of this forecast on held-back windows, in the unit of the values.
        naive_error: likewise of the last value, or the last season, repeated.
        backtest_coverage: share of the newest held-back values within the interval that older ones give.
        notes: what else should be known.
    """

    labels: Mapping[str, str]
    times: NDArray[np.float64]
    mean: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    level: float
    step_seconds: float
    model: str
    season_seconds: tuple[float, ...]
    history: tuple[NDArray[np.float64], NDArray[np.float64]]
    backtest_error: float | None = None
    naive_error: float | None = None
    backtest_coverage: float | None = None
    reason: str = ""
    notes: tuple[str, ...] = ()

    @property
    def horizon_seconds(self) -> float:
        """From the last sample to the last step."""
        return len(self.times) * self.step_seconds

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "labels": dict(self.labels),
            "model": self.model,
            "from": rfc3339(float(self.times[0])) if len(self.times) else None,
            "horizon_seconds": self.horizon_seconds,
            "step_seconds": self.step_seconds,
            "times": self.times.tolist(),
            "mean": self.mean.tolist(),
            "lower": self.lower.tolist(),
            "upper": self.upper.tolist(),
            "level": self.level,
            "season_seconds": list(self.season_seconds),
            "backtest_error": self.backtest_error,
            "naive_error": self.naive_error,
            "backtest_coverage": self.backtest_coverage,
            "could_not_judge_because": self.reason,
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Forecasts:
    """All series that were asked for, and the files that were written of them."""

    source: str
    series: tuple[Forecast, ...]
    output: str = ""
    written_samples: int = 0

    @property
    def judged(self) -> int:
        """How many could be made."""
        return sum(not one.reason for one in self.series)

    @property
    def exit_status(self) -> int:
        """3 where none could be made: no data is never fine."""
        return 0 if self.judged else 3

    @property
    def files_modified(self) -> tuple[str, ...]:
        """For the log."""
        return (self.output,) if self.output else ()

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "source": self.source,
            "series": [one.as_document() for one in self.series],
            "output": self.output or None,
            "written_samples": self.written_samples,
        }
