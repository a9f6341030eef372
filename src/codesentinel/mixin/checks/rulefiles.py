"""Rule files as Prometheus reads them, and as its operator wraps them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from codesentinel.mixin.checks.fields import items, mapping, objects, text
from codesentinel.model.duration import parse_duration

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_RULES = 20_000
"""More than that in one file is an attack with aliases, or a mistake."""


@dataclass(frozen=True)
class Rule:
    """One entry of a group."""

    place: str
    raw: dict[str, Any]
    group: str

    @property
    def is_alert(self) -> bool:
        """Whether it raises an alert."""
        return isinstance(self.raw.get("alert"), str)

    @property
    def is_recording(self) -> bool:
        """Whether it records a series."""
        return isinstance(self.raw.get("record"), str)

    @property
    def name(self) -> str:
        """Of the alert, or of the series."""
        return text(self.raw, "alert") or text(self.raw, "record")

    @property
    def expr(self) -> str:
        """Its query; YAML makes a number of ``expr: 1``, which is one too."""
        expr = self.raw.get("expr")
        return (
            str(expr)
            if isinstance(expr, int | float) and not isinstance(expr, bool)
            else text(self.raw, "expr")
        )

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """The labels it adds."""
        return _texts(self.raw, "labels")

    @cached_property
    def annotations(self) -> Mapping[str, str]:
        """What it says to people."""
        return _texts(self.raw, "annotations")

    @property
    def identity(self) -> tuple[object, ...]:
        """What tells its series or alerts from those of other rules."""
        return (self.is_alert, self.name, tuple(sorted(self.labels.items())))

    @property
    def for_seconds(self) -> float | None:
        """How long the condition has to hold; None where that is not said, or no duration."""
        try:
            return parse_duration(text(self.raw, "for")) if self.raw.get("for") != 0 else 0.0
        except ValueError:
            return None


@dataclass(frozen=True)
class Group:
    """Rules that are evaluated one after the other."""

    place: str
    raw: dict[str, Any]
    name: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class RuleFile:
    """One document of a file. ``prefix`` stands before every place where an operator's object wraps it."""

    file: str
    groups: tuple[Group, ...]
    raw: dict[str, Any]
    prefix: str = ""
    document: int = 0

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule of every group."""
        return tuple(rule for group in self.groups for rule in group.rules)

    @cached_property
    def alerts(self) -> tuple[Rule, ...]:
        """The rules that raise alerts."""
        return tuple(rule for rule in self.rules if rule.is_alert)

    def subject(self, place: str) -> str:
        """The rule or group that stands at a place."""
        for rule in self.rules:
            if place == rule.place or place.startswith(f"{rule.place}."):
                word = "alert" if rule.is_alert else "recording"
                return f"{word} {rule.name!r}" if rule.name else "rule without a name"
        for group in self.groups:
            if place.startswith(group.place):
                return f"group {group.name!r}"
        return "file"


def looks_like_rules(document: Any) -> bool:
    """Whether a YAML document is meant as a file of rules."""
    inner = mapping(document, "spec") if text(document, "kind") == "PrometheusRule" else document
    return isinstance(inner, dict) and "groups" in inner and not text(document, "apiVersion").isdigit()


def rule_file_of(file: str, document: dict[str, Any], number: int = 0) -> RuleFile:
    """The rules in a document.

    Raises:
        ValueError: there are more than any server could evaluate.
    """
    wrapped = text(document, "kind") == "PrometheusRule"
    holder = mapping(document, "spec") if wrapped else document
    if sum(len(items(group, "rules")) for _, group in objects(holder, "groups")) > MOST_RULES:
        raise ValueError(f"more than {MOST_RULES} rules")
    groups = tuple(
        Group(
            f"groups[{g}]",
            group,
            text(group, "name"),
            tuple(
                Rule(f"groups[{g}].rules[{r}]", rule, text(group, "name"))
                for r, rule in objects(group, "rules")
            ),
        )
        for g, group in objects(holder, "groups")
    )
    return RuleFile(file, groups, holder, "spec." if wrapped else "", number)


def _texts(raw: dict[str, Any], name: str) -> Mapping[str, str]:
    """Names and values as text; numbers and truths are what YAML makes of unquoted values."""
    return {
        str(key): value if isinstance(value, str) else str(value)
        for key, value in mapping(raw, name).items()
        if isinstance(value, str | int | float)
    }
