"""A canary and its baseline: what is compared, what was counted, and what is concluded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from codesentinel.model.interval import Interval

LATENCY, ERRORS, RESOURCE = "latency", "errors", "resource"
SERIES = "series"
KINDS = (LATENCY, ERRORS, RESOURCE)
INCREASE, DECREASE, EITHER = "increase", "decrease", "either"
DIRECTIONS = (INCREASE, DECREASE, EITHER)
PASS, FAIL, INCONCLUSIVE = "PASS", "FAIL", "INCONCLUSIVE"

QUANTILES = (0.5, 0.75, 0.9, 0.95, 0.99)
"""Where the two distributions of a latency are compared."""


@dataclass(frozen=True, slots=True)
class CanaryMetric:
    """One thing that the canary must not make worse.

    What is compared is a ratio: of ``events`` (requests slower than a threshold, requests that failed,
    seconds of CPU) to ``requests``. Harm is a ratio of the canary above
    ``baseline * (1 + relative_margin) + absolute_margin``; for the direction ``decrease`` with arms
    exchanged.

    Attributes:
        kind: one of ``KINDS``.
        events: selector of the counter: a histogram's buckets, errors, or an amount of a resource.
        requests: selector of the counter of requests; a histogram's own count where it is empty.
        direction: what is harm; one of ``DIRECTIONS``.
        absolute_margin: in units of the ratio: a share of the requests, or an amount for each request.
        critical: whether harm here alone is a failure; if not, it is in the way of a PASS, and counts
            together with harm elsewhere.
        weight: share of the false-alarm budget, relative to that of the other metrics.
        quantiles: of a latency: of the requests of both arms together, where they are compared.
        noise: how much the ratio of an arm is expected to move by itself from block to block, as a
        coefficient
            of variation, until the data tell; None is what is usual for the kind.
        late: whether harm that begins after the canary is looked for, too (not of a resource); then the order
            of the blocks matters.
    """

    name: str
    kind: str
    events: str = ""
    requests: str = ""
    direction: str = INCREASE
    relative_margin: float = 0.25
    absolute_margin: float = 0.0
    critical: bool = True
    weight: float = 1.0
    quantiles: tuple[float, ...] = QUANTILES
    noise: float | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class CanaryConfig:
    """What ``canary.yaml`` says.

    Attributes:
        alpha: the most probable a false FAIL may be, over all looks and all metrics together; likewise of a
            false PASS.
        block_seconds: counts are taken together over so long before anything is computed.
        warm_up_seconds: what is left out after the start of the canary.
        minimum_requests: of each arm, before anything is said.
        deadline_seconds: after the start, how long a verdict is waited for.
        instance_label: what tells the instances of an arm apart.
    """

    metrics: tuple[CanaryMetric, ...]
    alpha: float = 0.05
    block_seconds: float = 60.0
    warm_up_seconds: float = 0.0
    minimum_requests: float = 100.0
    deadline_seconds: float = 3600.0
    instance_label: str = "instance"


@dataclass(frozen=True, slots=True, eq=False)
class ArmCounts:
    """One metric in one arm: NaN where it is not known.

    Attributes:
        requests: counted in each tick by each instance; shape (instances, ticks).
        events: shape (instances, ticks, k): requests in each of k buckets (not cumulated, the last without
            an upper bound), or with k = 1 errors, or the amount of a resource.
        instances: their names; may be empty where they are not known.
    """

    requests: NDArray[np.float64]
    events: NDArray[np.float64]
    instances: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class MetricCounts:
    """Both arms of a metric; ``bounds`` are the upper bounds of all buckets but the last, rising."""

    baseline: ArmCounts
    canary: ArmCounts
    bounds: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """What was seen of both arms up to now.

    Attributes:
        edges: of the ticks, epoch seconds, rising; one more than there are ticks.
        metrics: by the name of the metric; one that is missing has no data.
        started_at: when the canary began to serve; warm-up counts from here. None: the first edge.
        canary_share: of the traffic that the canary should have got in each tick (0 to 1), where it is known.
        errors: what could not be read, by the name of the metric.
    """

    edges: NDArray[np.float64]
    metrics: Mapping[str, MetricCounts]
    started_at: float | None = None
    canary_share: NDArray[np.float64] | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Threshold:
    """The ratios at one bound of a latency, or of a metric as a whole (``bound`` None).

    ``dispersion`` is how much the counts scatter, as a multiple of what chance alone would do.
    """

    bound: float | None
    baseline: float
    canary: float
    effect: Interval
    e_value: float
    safe_e_value: float
    dispersion: float | None = None


@dataclass(frozen=True, slots=True)
class MetricVerdict:
    """What is concluded of one metric.

    Attributes:
        effect: the canary's ratio as a multiple of the baseline's, where it is worst; 1 is no difference. The
            bounds hold at all looks together, with probability ``1 - alpha``.
        e_value: evidence of harm beyond the margin: 20 is one false alarm in 20, however often it is looked
        at.
        safe_e_value: evidence that there is no harm beyond the margin.
        baseline_requests, canary_requests: what it rests on.
        reason: one sentence.
        critical: as configured.
        noise_floor: the ratio by which instances of one arm differ among themselves, where that is known;
        harm
            has to be larger.
        thresholds: the parts that it is made of.
        evidence: ``e_value`` after each block, and ``safe_evidence`` likewise.
    """

    name: str
    kind: str
    outcome: str
    reason: str
    effect: Interval | None = None
    e_value: float = 1.0
    safe_e_value: float = 1.0
    baseline_requests: float = 0.0
    canary_requests: float = 0.0
    critical: bool = True
    noise_floor: float | None = None
    thresholds: tuple[Threshold, ...] = ()
    evidence: tuple[float, ...] = ()
    safe_evidence: tuple[float, ...] = ()

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        facts = {name: getattr(self, name) for name in self.__dataclass_fields__}
        exposure = {"baseline": facts.pop("baseline_requests"), "canary": facts.pop("canary_requests")}
        return facts | {"exposure": exposure}


@dataclass(frozen=True, slots=True)
class CanaryVerdict:
    """PASS, FAIL or INCONCLUSIVE, and what it rests on.

    Attributes:
        reason: one sentence.
        e_value: the evidence of harm of all metrics together: the weighted mean.
        block_times: the ends of the blocks (epoch seconds) that ``evidence`` belongs to.
        evidence: ``e_value`` after each block.
        notes: what else should be known.
    """

    verdict: str
    reason: str
    metrics: tuple[MetricVerdict, ...]
    alpha: float
    e_value: float = 1.0
    block_times: tuple[float, ...] = ()
    evidence: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()
