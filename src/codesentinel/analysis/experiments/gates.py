"""What stands in the way of a verdict, whatever the evidence is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from codesentinel.stats.dispersion import dispersion
from codesentinel.stats.rate_ratio import LARGER, Counts, log_evidence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from codesentinel.analysis.experiments.blocks import Blocks, Counted
    from codesentinel.model.canary import ArmCounts, CanaryConfig, MetricCounts

    Array = NDArray[np.float64]

_SURELY_SOME = 30.0  # requests that cannot all be missing by chance
_SILENT_BLOCKS = 2  # in a single one a scrape may have come late
_MISSING = 0.2
_MISMATCH = 1.1
_SPLIT_NOISE = 0.05
_Z = 1.645


def too_little(config: CanaryConfig, counted: Counted) -> str:
    """Why nothing can be said yet; empty where something can."""
    canary, baseline = (float(one.sum()) for one in counted.requests)
    for arm, requests, other in (("canary", canary, baseline), ("baseline", baseline, canary)):
        if not requests:
            return f"no data of the {arm}" if other else "no data"
        if requests < config.minimum_requests:
            return f"the {arm} had {requests:.0f} requests of the {config.minimum_requests:g} that are needed"
    return ""


def incomplete(counted: Counted) -> str:
    """Why there can be no PASS: an arm that fell silent, or too much that is not known."""
    n, m = counted.requests
    for arm, own, other in (("canary", n, m), ("baseline", m, n)):
        odds = own.sum() / max(other.sum(), 1.0)
        silent = int(((own <= 0) & (other * odds >= _SURELY_SOME)).sum())
        if silent >= _SILENT_BLOCKS:
            return f"the {arm} had no request in {silent} of {len(own)} blocks"
    if counted.unknown_ticks > _MISSING * counted.ticks:
        return f"nothing is known of {counted.unknown_ticks} of {counted.ticks} ticks"
    return ""


def mismatch(counted: Counted, share: Array, into: Blocks, alpha: float) -> str:
    """Whether the traffic was split otherwise than it should have been; empty where it was not.

    A canary that gets more or fewer requests than its weight is compared on other requests than the baseline:
    Lindon and Malek (2022). The null hypothesis is a ratio within a tenth of the one that was wanted.
    """
    used = into.of_tick >= 0
    wanted = np.zeros(len(into.ends))
    np.add.at(wanted, into.of_tick[used], share[used])
    ticks = np.bincount(into.of_tick[used], minlength=len(into.ends))
    wanted = np.clip(wanted / np.maximum(ticks, 1), 0.0, 1.0)
    n, m = counted.requests
    split = Counts(n[:, None], m[:, None], wanted, 1.0 - wanted)
    scatter = dispersion(split, _SPLIT_NOISE)
    for counts, what in ((split, "more"), (split.exchanged, "fewer")):
        evidence = log_evidence(counts, scatter, ratio=_MISMATCH, extra=0.0, grid=LARGER)
        if len(evidence) and evidence[-1, 0] >= math.log(2.0 / alpha):
            had, should = n.sum() / max(n.sum() + m.sum(), 1.0), float(wanted.mean())
            return f"the canary had {what} requests than its weight: {had:.1%} instead of {should:.1%}"
    return ""


def noise_floor(metric: MetricCounts, into: Blocks) -> float | None:
    """The ratio by which arms of so many instances differ though nothing is wrong; None with one instance.

    The variance between instances of the baseline, of the logarithms of their rates (DerSimonian and Laird
    1986), gives the one-sided bound at 95% of the ratio of two arms.
    """
    if len(metric.baseline.requests) < 2:
        return None
    x, n = _by_instance(metric.baseline, into)
    canaries = len(_by_instance(metric.canary, into)[1])
    if len(n) < 2 or not canaries or not x.sum() > 0:
        return None
    expected = n * x.sum() / n.sum()
    scatter = float(((x - expected) ** 2 / expected).sum()) - (len(n) - 1)
    weight = float(expected.sum() - (expected**2).sum() / expected.sum())
    variance = max(scatter / weight, 0.0) if weight > 0 else 0.0
    return math.exp(_Z * math.sqrt(variance * (1.0 / len(n) + 1.0 / canaries)))


def _by_instance(arm: ArmCounts, into: Blocks) -> tuple[Array, Array]:
    """Events (of a latency: in the slowest buckets) and requests of each instance that served."""
    used = into.of_tick >= 0
    events = np.nan_to_num(arm.events[:, used]).sum(axis=1)
    requests = np.nan_to_num(arm.requests[:, used]).sum(axis=1)
    served = requests > 0
    events, requests = events[served], requests[served]
    if events.shape[1] > 1 and len(events):
        share = np.cumsum(events.sum(axis=0)) / max(events.sum(), 1.0)
        place = int(np.abs(share - 0.9).argmin())
        return events[:, place + 1 :].sum(axis=1), requests
    return events[:, 0] if len(events) else requests, requests
