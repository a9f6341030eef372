"""All metrics of a configuration to a verdict, in Kayenta's way and in our words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from codesentinel.analysis.experiments.kayenta.classify import classified
from codesentinel.analysis.experiments.kayenta.score import label, score
from codesentinel.model.canary import FAIL, INCONCLUSIVE, PASS, SERIES, CanaryVerdict, MetricVerdict
from codesentinel.model.interval import Interval
from codesentinel.model.kayenta import (
    CONFIDENCE,
    ERROR,
    HIGH,
    KAYENTA_FAIL,
    KAYENTA_PASS,
    LOW,
    MARGINAL,
    Classification,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from codesentinel.model.kayenta import KayentaConfig

    Pair = tuple[NDArray[np.float64], NDArray[np.float64]]

_VERDICTS = {KAYENTA_PASS: PASS, MARGINAL: INCONCLUSIVE, KAYENTA_FAIL: FAIL}
_OUTCOMES = {KAYENTA_PASS: PASS, HIGH: FAIL, LOW: FAIL}


def judge(config: KayentaConfig, values: Mapping[str, Pair], errors: Mapping[str, str]) -> CanaryVerdict:
    """The verdict of one look; ``values`` are those of control and experiment, by the name of the metric."""
    found = {metric.name: Classification(ERROR, reason="no data") for metric in config.metrics}
    for metric in config.metrics:
        if metric.name in errors:
            found[metric.name] = Classification(ERROR, reason=errors[metric.name])
        elif metric.name in values:
            try:
                found[metric.name] = classified(metric, *values[metric.name])
            except ValueError as exc:
                found[metric.name] = Classification(ERROR, reason=str(exc))
    total = score([(one.groups, found[one.name]) for one in config.metrics], config.group_weights)
    word = label(total, config.pass_score, config.marginal_score)
    lost = [name for name, one in found.items() if one.label not in (KAYENTA_PASS, HIGH, LOW)]
    notes = ["Kayenta's algorithm is made for one look: each further one adds false alarms"]
    if lost:
        notes.append(f"not judged, and by Kayenta's rules mostly no obstacle: {', '.join(lost)}")
    return CanaryVerdict(
        verdict=_VERDICTS[word],
        reason=f"{word}: score {total:.4g} of 100",
        metrics=tuple(
            _told(one.name, found[one.name], values.get(one.name), critical=one.critical)
            for one in config.metrics
        ),
        alpha=1 - CONFIDENCE,
        e_value=math.nan,
        notes=tuple(notes),
    )


def _told(name: str, found: Classification, pair: Pair | None, *, critical: bool) -> MetricVerdict:
    counts = [int(np.isfinite(one).sum()) for one in pair] if pair else [0, 0]
    judged = found.label in _OUTCOMES
    return MetricVerdict(
        name,
        SERIES,
        _OUTCOMES.get(found.label, INCONCLUSIVE),
        f"{found.label}: {found.reason}" if found.reason else found.label,
        effect=Interval(found.deviation, None, None) if judged else None,
        e_value=math.nan,
        safe_e_value=math.nan,
        baseline_requests=counts[0],
        canary_requests=counts[1],
        critical=critical,
    )
