"""From the metrics that there are and the rules that say what is wanted, to the series that are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codesentinel.model.cloudwatch.catalogue import known_unit
from codesentinel.model.cloudwatch.metric import Query
from codesentinel.model.cloudwatch.names import labels, series_name
from codesentinel.model.cloudwatch.statistics import is_amount
from codesentinel.model.cloudwatch.units import is_rate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codesentinel.model.cloudwatch.metric import CloudMetric, Wanted


class Selection(NamedTuple):
    """The series to read, and what must be said of those that are not.

    Attributes:
        queries: no two of them have the same name and labels.
        left_out: how many series exceed the bound.
        unmatched: rules for which there is no metric.
        notes: series that would have the name and labels of another.
    """

    queries: tuple[Query, ...]
    left_out: int = 0
    unmatched: tuple[Wanted, ...] = ()
    notes: tuple[str, ...] = ()


def select(
    metrics: Iterable[CloudMetric], rules: Sequence[Wanted], *, period_seconds: int, most: int
) -> Selection:
    """The series of all metrics that a rule takes, in their order; the first rule for a series counts."""
    chosen: dict[tuple[object, ...], Query] = {}
    notes: list[str] = []
    unmatched, left_out = dict(enumerate(rules)), 0
    for metric in metrics:
        for number, rule in enumerate(rules):
            if not rule.takes(metric):
                continue
            unmatched.pop(number, None)
            for query in _queries(metric, rule, period_seconds):
                key = (series_name(query), *sorted(labels(metric).items()))
                twin = chosen.get(key)
                if twin is not None:
                    notes += [] if twin.metric == metric else [_twins(twin, query)]
                elif len(chosen) >= most:
                    left_out += 1
                else:
                    chosen[key] = query
    return Selection(tuple(chosen.values()), left_out, tuple(unmatched.values()), tuple(dict.fromkeys(notes)))


def _queries(metric: CloudMetric, rule: Wanted, period_seconds: int) -> Iterable[Query]:
    unit = rule.unit or known_unit(metric.namespace, metric.name)
    for statistic in rule.statistics:
        if not (is_amount(statistic) and is_rate(unit)):  # a rate is not added up
            yield Query(metric, statistic, unit, rule.period_seconds or period_seconds)


def _twins(kept: Query, lost: Query) -> str:
    one, other = kept.metric, lost.metric
    return (
        f"{series_name(kept)}: {one.namespace} {one.name} and {other.namespace} {other.name}"
        " would be the same series; the second is left out"
    )
