"""Several series examined: each by itself, all together, and what was strange by incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.analysis.trends.anomalies.feedback import Opinion
from codesentinel.analysis.trends.anomalies.incidents import incidents
from codesentinel.analysis.trends.anomalies.judge import judge
from codesentinel.analysis.trends.anomalies.spans import CALM
from codesentinel.analysis.trends.anomalies.together import together
from codesentinel.stats.gaps import cadence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.analysis.trends.given import Given
    from codesentinel.model.anomaly import Incident, JudgedSeries, JudgedTogether


class Examined(NamedTuple):
    """The series in the order in which they were given; ``whole`` is None for a single one."""

    series: tuple[JudgedSeries, ...]
    whole: JudgedTogether | None
    incidents: tuple[Incident, ...]


def judge_each(
    given: Sequence[Given],
    *,
    sensitivity: float,
    opinions: Sequence[Opinion] = (),
    retrospective: bool = False,
) -> list[JudgedSeries]:
    """Each by itself; ``opinions`` has one for each series, where there are any, and its note says so."""
    said = opinions or [Opinion()] * len(given)
    return [
        judge(
            one.series,
            sensitivity=opinion.tuned(sensitivity),
            retrospective=retrospective,
            notes=(*one.notes, *opinion.notes(sensitivity)),
        )
        for one, opinion in zip(given, said, strict=True)
    ]


def examine(given: Sequence[Given], judged: Sequence[JudgedSeries], *, sensitivity: float) -> Examined:
    """All that were judged, together where there are several, and by incident."""
    whole = together([one.series for one in given], sensitivity=sensitivity) if len(given) > 1 else None
    steps = [cadence(one.series.times) for one in given if len(one.series) > 1]
    slack = CALM * float(np.max(steps)) if steps else 0.0
    return Examined(tuple(judged), whole, incidents(judged, whole, slack))
