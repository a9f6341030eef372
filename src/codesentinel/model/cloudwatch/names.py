"""CloudWatch's names as Prometheus wants them.

The rule: ``aws_<namespace>_<metric>_<statistic>_<unit>``.

- the namespace in lower case, less its ``AWS/``: ``AWS/ApplicationELB`` gives ``applicationelb``;
- the metric in snake case, less a word at its end that only repeats the unit: ``mem_used_percent``
  gives ``mem_used``;
- the statistic: ``average``, ``p99``;
- the base unit, and ``per_second`` where the statistic is an amount of a period.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codesentinel.model.cloudwatch.statistics import is_amount, spelled, unit_of

if TYPE_CHECKING:
    from codesentinel.model.cloudwatch.metric import CloudMetric, Query

RESERVED = frozenset(("account", "instance", "job", "le", "quantile", "region"))
"""Labels that somebody else writes, or that mean something to Prometheus."""

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])")
_FOREIGN = re.compile(r"[^a-zA-Z0-9]+")


def series_name(query: Query) -> str:
    """The metric's name."""
    namespace = _FOREIGN.sub("_", query.metric.namespace.removeprefix("AWS/")).strip("_").lower()
    parts = [
        "aws",
        namespace,
        _less_unit(snake(query.metric.name), query.unit),
        spelled(query.statistic),
        base_unit(query),
    ]
    return "_".join(part for part in parts if part)


def base_unit(query: Query) -> str:
    """The unit at the end of the name; empty for plain numbers."""
    base = unit_of(query.statistic, query.unit).base
    return f"{base}_per_second".lstrip("_") if is_amount(query.statistic) else base


def labels(metric: CloudMetric) -> dict[str, str]:
    """The dimensions, each under a name of its own, and where the metric is from."""
    found: dict[str, str] = {}
    for name, value in metric.dimensions:
        label = snake(name) or "dimension"
        if label in RESERVED or label[0].isdecimal():
            label = f"dimension_{label}"
        number, free = 2, label
        while free in found:
            free, number = f"{label}_{number}", number + 1
        found[free] = value
    where = {"region": metric.region, "account": metric.account}
    return found | {label: value for label, value in where.items() if value}


def snake(text: str) -> str:
    """``CPUUtilization`` becomes ``cpu_utilization``, ``HTTPCode_Target_5XX_Count`` what one expects."""
    text = text.replace("%", "_percent")
    return _FOREIGN.sub("_", _HUMP.sub("_", text)).strip("_").lower()


def _less_unit(name: str, unit: str) -> str:
    """The name without the unit at its end, which follows behind the statistic, converted."""
    if unit in ("", "None", "Count"):
        return name
    for ending in (unit.lower().replace("/", "_per_"), unit.lower().partition("/")[0]):
        if name.endswith(f"_{ending}"):
            return name.removesuffix(f"_{ending}")
    return name
