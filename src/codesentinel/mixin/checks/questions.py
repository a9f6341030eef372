"""What to ask a server about a dashboard: its variables, then each query with everything filled in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.mixin.checks.fields import items, mapping, text
from codesentinel.mixin.checks.fill import Macros, escaped_value, filled
from codesentinel.model.facts import Question

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codesentinel.mixin.checks.dashboards import Dashboard, Target, Variable

_LABEL_VALUES = re.compile(r"\s*label_values\(\s*(?:(.*),)?\s*(\w+)\s*\)\s*", re.DOTALL)
_CALL = re.compile(r"\s*(label_names|metrics|query_result)\((.*)\)\s*", re.DOTALL)
_AGO = re.compile(r"now-(\d+)([smhdwMy])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "M": 2592000, "y": 31536000}
_USUAL_RANGE = 6 * 3600.0
_MOST_VALUES = 50
Values = dict[str, tuple[str, ...]]


class VariableQuery(NamedTuple):
    """``kind`` is label_values, label_names, metrics or query_result; empty where it is none of them."""

    kind: str
    argument: str = ""
    label: str = ""


def variable_query(query: str) -> VariableQuery:
    """What a query variable asks for."""
    match = _LABEL_VALUES.fullmatch(query)
    if match:
        return VariableQuery("label_values", (match[1] or "").strip(), match[2])
    match = _CALL.fullmatch(query)
    return VariableQuery(match[1], match[2].strip()) if match else VariableQuery("")


def fixed_values(variable: Variable) -> tuple[str, ...]:
    """The values of a variable that needs no server."""
    if variable.type in ("constant", "textbox"):
        return (variable.query,)
    if variable.type in ("custom", "interval"):
        parts = (part.rpartition(" : ")[2].strip() for part in variable.query.split(","))
        return tuple(part for part in parts if part)
    return ("prometheus",) if variable.type == "datasource" else ()


def kept_values(variable: Variable, values: Sequence[str]) -> tuple[str, ...]:
    """The values that the variable's pattern lets through, each once, as Grafana picks them."""
    pattern = text(variable.raw, "regex")
    if not pattern:
        return tuple(dict.fromkeys(values))
    try:
        wanted = re.compile(pattern.strip("/").replace("(?<", "(?P<"))
    except re.error:
        return ()
    found = (wanted.search(value) for value in values)
    picked = (next((g for g in m.groups() if g is not None), m[0]) for m in found if m)
    return tuple(dict.fromkeys(picked))


def written(dashboard: Dashboard, values: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Each variable as Grafana writes it into a query: all values where it can, else the current one."""
    found = {}
    for variable in dashboard.variables:
        known = values.get(variable.name)
        if not known:
            continue
        if variable.raw.get("includeAll") and text(variable.raw, "allValue"):
            found[variable.name] = text(variable.raw, "allValue")
        else:
            chosen = known[:_MOST_VALUES] if variable.raw.get("includeAll") else (_current(variable, known),)
            found[variable.name] = escaped_value(chosen, is_many=variable.is_many)
            found[f"{variable.name}:csv"] = ",".join(chosen)
            found[f"{variable.name}:raw"] = chosen[0]
            found[f"{variable.name}:pipe"] = "|".join(chosen)
    return found


def question_of(
    dashboard: Dashboard, target: Target, values: Mapping[str, tuple[str, ...]], scrape_seconds: float
) -> Question:
    """A query as the server is to be asked, over the range that the dashboard opens with."""
    seconds = range_of(dashboard)
    macros = Macros(seconds, scrape_seconds)
    query = filled(target.expr, written(dashboard, values) | macros.values)
    return Question(query, 0.0 if target.is_instant else seconds)


def range_of(dashboard: Dashboard) -> float:
    """The seconds that a dashboard shows when it is opened."""
    match = _AGO.match(text(dashboard.raw, "time", "from"))
    return float(int(match[1][:9]) * _SECONDS[match[2]]) or _USUAL_RANGE if match else _USUAL_RANGE


def _current(variable: Variable, known: tuple[str, ...]) -> str:
    value = mapping(variable.raw, "current").get("value")
    chosen = [value] if isinstance(value, str) else items(variable.raw, "current", "value")
    return next((v for v in chosen if v in known), known[0])
