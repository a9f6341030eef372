"""Kayenta's words: what its canary configuration says, and what its judge answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

KAYENTA_PASS, HIGH, LOW, NODATA = "Pass", "High", "Low", "Nodata"
NODATA_FAIL, ERROR = "NodataFailMetric", "Error"
MARGINAL, KAYENTA_FAIL = "Marginal", "Fail"
MEAN_RATIO, CLES = "meanRatio", "cles"
TOLERANCE, CONFIDENCE = 0.25, 0.98
"""What its judge uses, whatever is configured."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Effect sizes beyond which a difference counts, downwards and upwards."""

    decrease: float = 1.0
    increase: float = 1.0


@dataclass(frozen=True, slots=True)
class KayentaMetric:
    """One metric of a configuration.

    Attributes:
        query: a selector, or PromQL with ``${scope}`` in it where ``is_promql``.
        direction: ``increase``, ``decrease`` or ``either``.
        nan_strategy: ``remove``, or ``replace`` by 0.
        outlier_factor: of the interquartile range; None keeps all values.
        measure: of the effect: ``meanRatio`` or ``cles``.
    """

    name: str
    query: str
    is_promql: bool = False
    groups: tuple[str, ...] = ()
    direction: str = "either"
    nan_strategy: str = "remove"
    critical: bool = False
    must_have_data: bool = False
    outlier_factor: float | None = None
    measure: str = MEAN_RATIO
    allowed: Limits = Limits()
    critical_limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class KayentaConfig:
    """A canary configuration: group weights in percent, and the scores that pass and are marginal."""

    name: str
    metrics: tuple[KayentaMetric, ...]
    group_weights: Mapping[str, float] = field(default_factory=dict)
    pass_score: float = 75.0
    marginal_score: float = 50.0


@dataclass(frozen=True, slots=True)
class Classification:
    """What is said of one metric; ``critical`` fails the canary."""

    label: str
    deviation: float = 1.0
    critical: bool = False
    reason: str = ""
