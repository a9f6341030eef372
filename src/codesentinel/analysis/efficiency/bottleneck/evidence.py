"""What each metric says about a trouble: how closely it foretells it, and how much of it it accounts for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.analysis.efficiency.bottleneck.candidate import SPENT, STALLED, Candidate
from codesentinel.analysis.efficiency.bottleneck.troubles import LATENCY, THROUGHPUT, Seen, Service, picture
from codesentinel.model.bottleneck import Evidence, Excluded
from codesentinel.model.interval import Interval
from codesentinel.stats.false_discovery import adjusted
from codesentinel.stats.lagged_rank import LEVELS, Lagged, lagged_ranks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LAGS = range(-1, 6)
"""A cause is up to five steps ahead; one behind, because both are rates over a window."""
LEVEL = 0.05
ACCOUNTS = 0.15
"""Share of the added latency from which a metric matters."""
_RISES = 1.5


class Measured(NamedTuple):
    """One series of a candidate at the moments of the service; ``subject`` tells it from its siblings."""

    candidate: Candidate
    subject: str
    values: Floats


class _Found(NamedTuple):
    """What was asked of a metric and one trouble, at one lag."""

    seen: Seen
    lagged: Lagged


def weigh(
    measured: Sequence[Measured], service: Service, seen: Sequence[Seen], *, processes: int = 1
) -> tuple[list[Evidence], list[Excluded]]:
    """The metrics that foretell a trouble and are large enough to matter; and all others, with the reason.

    False discoveries are controlled over all metrics, troubles and lags together (Benjamini and Hochberg
    1995).
    """
    asked = [
        (number, _Found(one, lagged))
        for number, metric in enumerate(measured)
        for one in seen
        for lagged in lagged_ranks(metric.values, one.series, LAGS)
        if lagged.worth  # what does not vary was not asked
    ]
    p_values = adjusted([found.lagged.p_value for _, found in asked])
    evidence: list[Evidence] = []
    excluded: list[Excluded] = []
    for number, metric in enumerate(measured):
        own = [
            _Found(found.seen, found.lagged._replace(p_value=float(p)))
            for (of, found), p in zip(asked, p_values, strict=True)
            if of == number
        ]
        said = _said(metric, own, service, processes)
        if isinstance(said, Evidence):
            evidence.append(said)
        else:
            excluded.append(said)
    rising = {one.name for one in evidence}
    for one in [one for one in evidence if not _has_what_it_needs(one, measured, rising)]:
        evidence.remove(one)
        excluded.append(_excluded(_metric_of(one, measured), "there is no more of it, it only takes longer"))
    return evidence, excluded


def _said(metric: Measured, own: Sequence[_Found], service: Service, processes: int) -> Evidence | Excluded:
    if not own:
        return _excluded(metric, "it does not vary, or too few values are known")
    rising = [one for one in own if one.lagged.coefficient > 0]
    sure = [one for one in rising if one.lagged.p_value <= LEVEL]
    if not sure:
        best = max(own, key=lambda one: abs(one.lagged.coefficient) * (one.lagged.p_value <= LEVEL))
        if best.lagged.p_value <= LEVEL:
            return _excluded(metric, f"it moves the other way ({best.lagged.coefficient:.2f})")
        best = min(own, key=lambda one: one.lagged.p_value)
        return _excluded(
            metric, f"it does not move with it ({best.lagged.coefficient:.2f}, p = {best.lagged.p_value:.2g})"
        )
    levels = [one for one in sure if one.lagged.of == LEVELS]
    chosen = max(levels or sure, key=lambda one: one.lagged.coefficient)
    apart = _apart_from_load(metric, chosen, service)
    if apart is not None and (apart.p_value > LEVEL or apart.coefficient <= 0):
        return _excluded(metric, f"plain load explains it ({apart.coefficient:.2f} is left without load)")
    return _sized(metric, chosen, apart, service, processes)


def _apart_from_load(metric: Measured, chosen: _Found, service: Service) -> Lagged | None:
    if chosen.seen.trouble.name == THROUGHPUT:
        return None
    lagged = chosen.lagged
    left = lagged_ranks(metric.values, chosen.seen.series, [lagged.lag], apart_from=[service.load])
    return next((one for one in left if one.of == lagged.of), None)


def _sized(
    metric: Measured, chosen: _Found, apart: Lagged | None, service: Service, processes: int
) -> Evidence | Excluded:
    candidate, worse = metric.candidate, chosen.seen.worse
    usual, bad = _medians(metric.values, worse, service)
    accounts = _accounts(metric, chosen.seen, service)
    limit = candidate.limit and candidate.limit * (processes if candidate.unit == "cores" else 1)
    saturated = limit is not None and bad >= limit
    if bad < candidate.least:
        return _excluded(metric, f"it rises to {bad:.3g} only; it hurts from {candidate.least:g} on")
    if accounts is not None and accounts < ACCOUNTS and not (saturated and bad > usual * 1.2):
        return _excluded(metric, f"it accounts for {max(accounts, 0):.0%} of the added latency")
    if accounts is None and bad < _RISES * usual and not (saturated and bad > usual):
        return _excluded(metric, f"it hardly rises, from {usual:.3g} to {bad:.3g}")
    lagged = chosen.lagged
    return Evidence(
        name=candidate.name,
        what=candidate.what,
        subject=metric.subject,
        unit=candidate.unit,
        query=candidate.query,
        trouble=chosen.seen.trouble.name,
        correlation=Interval(lagged.coefficient, lagged.lower, lagged.upper),
        apart_from_load=apart and Interval(apart.coefficient, apart.lower, apart.upper),
        lag_seconds=lagged.lag * service.step_seconds,
        of=lagged.of,
        worth=lagged.worth,
        p_value=lagged.p_value,
        usual=usual,
        worse=bad,
        accounts_ratio=None if accounts is None else min(accounts, 1.0),
        saturated=bool(saturated),
        picture=picture(metric.values),
    )


def _accounts(metric: Measured, seen: Seen, service: Service) -> float | None:
    """The share of the added latency of a request that was spent there."""
    if seen.trouble.name != LATENCY or metric.candidate.takes not in (SPENT, STALLED):
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        spent = (
            metric.values / service.load
            if metric.candidate.takes == SPENT
            else np.minimum(metric.values, 1.0) * service.latency
        )
    usual, bad = _medians(spent, seen.worse, service)
    return (bad - usual) / (seen.trouble.worse - seen.trouble.usual)


def _medians(values: Floats, worse: NDArray[np.bool_], service: Service) -> tuple[float, float]:
    known = np.isfinite(values) & np.isfinite(service.latency)
    groups = (values[known & ~worse], values[known & worse])
    usual, bad = (float(np.median(group)) if len(group) else float("nan") for group in groups)
    return usual, bad


def _has_what_it_needs(one: Evidence, measured: Sequence[Measured], rising: set[str]) -> bool:
    needs = _metric_of(one, measured).candidate.needs
    return not needs or needs in rising or all(metric.candidate.name != needs for metric in measured)


def _metric_of(one: Evidence, measured: Sequence[Measured]) -> Measured:
    return next(m for m in measured if (m.candidate.name, m.subject) == (one.name, one.subject))


def _excluded(metric: Measured, reason: str) -> Excluded:
    return Excluded(metric.candidate.name, metric.subject, metric.candidate.cause, reason)
