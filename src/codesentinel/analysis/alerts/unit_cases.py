"""Unit tests as documents: which alerts they let fire and stay silent, and where routes should lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from codesentinel.model.rule_test import Untested

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Case(NamedTuple):
    """One look at one alert: the severities with which it should fire, none for silence."""

    alert: str
    severities: frozenset[str]


class RouteCase(NamedTuple):
    """Where an alert with these labels should go."""

    labels: dict[str, str]
    receivers: tuple[str, ...]


def is_unit_test(document: Any) -> bool:
    """Whether it is meant for ``promtool test rules``."""
    return isinstance(document, dict) and ("tests" in document or "rule_files" in document)


def is_route_test(document: Any) -> bool:
    """Whether it says where alerts should go."""
    return isinstance(document, dict) and "routes" in document


def cases(document: Any) -> list[Case]:
    """The looks at alerts in a unit test."""
    found = []
    for test in _mappings(document.get("tests")):
        for look in _mappings(test.get("alert_rule_test")):
            fires = (one.get("exp_labels") for one in _mappings(look.get("exp_alerts")))
            severities = frozenset(str((labels or {}).get("severity", "")) for labels in fires)
            found.append(Case(str(look.get("alertname", "")), severities))
    return found


def count_of(document: Any) -> int:
    """How many looks there are, at alerts and at expressions."""
    tests = list(_mappings(document.get("tests")))
    return len(cases(document)) + sum(len(list(_mappings(t.get("promql_expr_test")))) for t in tests)


def route_cases(document: Any) -> tuple[list[RouteCase], list[str]]:
    """The routes that a file asks for, and what is wrong with it."""
    found, problems = [], []
    rows = document.get("routes")
    if not isinstance(rows, list) or not rows:
        return [], ["routes: should be a list of mappings with `labels` and `receivers`"]
    for number, row in enumerate(rows, 1):
        labels = row.get("labels") if isinstance(row, dict) else None
        receivers = row.get("receivers") if isinstance(row, dict) else None
        if not isinstance(labels, dict) or not labels or not isinstance(receivers, list) or not receivers:
            problems.append(f"route {number}: should have `labels` (a mapping) and `receivers` (a list)")
            continue
        texts = {str(key): str(value) for key, value in labels.items()}
        found.append(RouteCase(texts, tuple(str(receiver) for receiver in receivers)))
    return found, problems


def alerts_of(document: Any) -> list[tuple[str, str]]:
    """Name and severity of every alert in a rule file."""
    groups = _mappings(document.get("groups")) if isinstance(document, dict) else ()
    return [
        (str(rule["alert"]), str((rule.get("labels") or {}).get("severity", "")))
        for group in groups
        for rule in _mappings(group.get("rules"))
        if "alert" in rule
    ]


def untested(alerts: Iterable[tuple[str, str]], looks: Sequence[Case]) -> tuple[Untested, ...]:
    """The alerts that lack one of the two cases."""
    found = []
    for name, severity in dict.fromkeys(alerts):
        own = [severity in case.severities for case in looks if case.alert == name]
        if set(own) != {True, False}:
            found.append(Untested(name, severity, fires=True in own, is_silent=False in own))
    return tuple(found)


def unknown_alerts(alerts: Iterable[tuple[str, str]], looks: Iterable[Case]) -> tuple[str, ...]:
    """A case of an alert that no rule has is silent whatever happens, and proves nothing."""
    known = {name for name, _ in alerts}
    names = dict.fromkeys(case.alert for case in looks)
    return tuple(f"looks at {name}, which no rule defines" for name in names if name not in known)


def _mappings(rows: Any) -> Iterator[dict[str, Any]]:
    yield from (row for row in (rows if isinstance(rows, list) else ()) if isinstance(row, dict))
