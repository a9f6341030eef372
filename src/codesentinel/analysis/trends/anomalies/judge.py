"""One series judged: a score for each of its samples, and the spans that are strange."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.analysis.trends.anomalies.alarms import SENSITIVITY, told
from codesentinel.analysis.trends.anomalies.fitness import usable, why_not
from codesentinel.analysis.trends.anomalies.spans import flagged
from codesentinel.analysis.trends.anomalies.strangeness import hindsight, sustained
from codesentinel.model.anomaly import JudgedSeries

if TYPE_CHECKING:
    from codesentinel.model.series import Series


def judge(
    series: Series,
    *,
    sensitivity: float = SENSITIVITY,
    retrospective: bool = False,
    notes: tuple[str, ...] = (),
) -> JudgedSeries:
    """Scores use nothing after their times unless ``retrospective``; 0 where nothing could be judged."""
    good = usable(series.values)
    reason = why_not(series.values, good)
    scores = np.zeros(len(series))
    if reason:
        return JudgedSeries(series.labels, series.times, series.values, scores, (), reason, notes)
    times, values = series.times[good], series.values[good]
    seen = (hindsight if retrospective else sustained)(times, values)
    scores[good] = told(seen.strange, sensitivity)
    if len(values) < len(series):
        notes = (*notes, f"{len(series) - len(values)} samples are no numbers and were stepped over")
    spans = flagged(times, values, seen, sensitivity)
    return JudgedSeries(series.labels, series.times, series.values, scores, spans, "", notes)
