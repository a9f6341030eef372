"""Counters of a canary and its baseline in Prometheus to counts by tick."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.capture.increases import first_seen, increases
from codesentinel.model.canary import LATENCY, ArmCounts, MetricCounts
from codesentinel.model.errors import BadAnswer, UsageError
from codesentinel.model.selector import narrowed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from codesentinel.model.canary import CanaryMetric
    from codesentinel.model.series import Series

    Read = Callable[[str], list[Series]]
    Rows = list[tuple[Mapping[str, str], NDArray[np.float64]]]


class Arms(NamedTuple):
    """Matchers of the series of each arm: ``{version="2"}``."""

    baseline: str
    canary: str


def selectors(metric: CanaryMetric, matchers: str) -> tuple[str, str]:
    """The selectors of events and requests in one arm; of a histogram the second is empty.

    Raises:
        UsageError: the metric's selectors or the matchers are none.
    """
    events = metric.events
    if metric.kind == LATENCY and not events.partition("{")[0].rstrip().endswith("_bucket"):
        name, brace, rest = events.partition("{")
        events = f"{name.strip()}_bucket{brace}{rest}"
    try:
        requests = narrowed(metric.requests, matchers) if metric.requests and metric.kind != LATENCY else ""
        return narrowed(events, matchers), requests
    except ValueError as exc:
        raise UsageError(
            str(exc), hint="such as --baseline '{version=\"1\"}' --canary '{version=\"2\"}'"
        ) from exc


def read_metric(
    metric: CanaryMetric, arms: Arms, read: Read, edges: NDArray[np.float64], instance: str
) -> MetricCounts | None:
    """What was counted in each tick; None where neither arm has a series.

    ``read`` gives the stored samples of a selector, from some time before the first edge.

    Raises:
        UsageError: a selector is none.
        BadAnswer: the buckets are none, or differ between the arms.
    """
    if metric.kind == LATENCY:
        read_arms = [_histograms(read(selectors(metric, one)[0]), edges, instance) for one in arms]
        bounds = sorted({bound for arm in read_arms for bounds, _ in arm.values() for bound in bounds})
        if not bounds:
            return None
        if bounds[-1] != math.inf or len(bounds) < 2:
            raise BadAnswer(f'{metric.events} has no buckets that end with le="+Inf"')
        told = [one for arm in read_arms for one, _ in arm.values()]
        if any(list(one) != bounds for one in told):
            raise BadAnswer(
                f"the instances of {metric.events} count in different buckets",
                hint="the buckets of baseline and canary have to be the same",
            )
        baseline, canary = (_arm_of_histograms(arm, len(edges) - 1, len(bounds)) for arm in read_arms)
        return MetricCounts(baseline, canary, tuple(bounds[:-1]))
    counts = [_arm_of_counters(metric, one, read, edges, instance) for one in arms]
    if not any(arm.instances for arm in counts):
        return None
    return MetricCounts(counts[0], counts[1])


def _histograms(
    series: list[Series], edges: NDArray[np.float64], instance: str
) -> dict[str, tuple[list[float], NDArray[np.float64]]]:
    """By instance: the bounds of its buckets, and what was counted in each, of shape (ticks, buckets)."""
    found = {}
    for name, rows in increases(series, edges, first_seen(series, instance), instance).items():
        by_bound: dict[float, Rows] = {}
        for labels, row in rows:
            by_bound.setdefault(_bound(labels.get("le", "")), []).append((labels, row))
        bounds = sorted(by_bound)
        cumulated = np.column_stack([_sum(by_bound[bound]) for bound in bounds])
        found[name] = bounds, np.maximum(np.diff(cumulated, axis=1, prepend=0.0), 0.0)
    return found


def _bound(text: str) -> float:
    try:
        return float(text)
    except ValueError as exc:
        raise BadAnswer(f"a bucket has the bound le={text!r}", hint="is this a histogram?") from exc


def _arm_of_histograms(
    arm: Mapping[str, tuple[list[float], NDArray[np.float64]]], ticks: int, buckets: int
) -> ArmCounts:
    events = np.array([counts for _, counts in arm.values()]).reshape(len(arm), ticks, buckets)
    return ArmCounts(events.sum(axis=2), events, tuple(arm))


def _arm_of_counters(
    metric: CanaryMetric, matchers: str, read: Read, edges: NDArray[np.float64], instance: str
) -> ArmCounts:
    """An instance that counted requests and has no series of errors had none."""
    events, requests = (read(one) for one in selectors(metric, matchers))
    since = first_seen([*requests, *events], instance)
    counted = increases(events, edges, since, instance)
    served = increases(requests, edges, since, instance)
    names = sorted(served)
    shape = (len(names), len(edges) - 1)
    n = np.array([_sum(served[name]) for name in names]).reshape(shape)
    nothing = np.zeros(shape[1])
    x = np.array([np.nan_to_num(_sum(counted[name])) if name in counted else nothing for name in names])
    return ArmCounts(n, x.reshape(*shape, 1), tuple(names))


def _sum(rows: Rows) -> NDArray[np.float64]:
    """Over series; NaN only where none of them was seen."""
    table = np.array([row for _, row in rows])
    seen = np.isfinite(table).any(axis=0)
    return np.where(seen, np.nansum(table, axis=0), np.nan)
