"""Routing: where Alertmanager sends an alert, as far as its configuration tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from codesentinel.mixin.checks.fields import items, mapping, objects, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MATCHER = re.compile(r"""\s*([A-Za-z_][\w.]*)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^,}\s]*))\s*""")
_DEEPEST = 20


class Matcher(NamedTuple):
    """One condition on a label."""

    label: str
    operator: str
    value: str

    def accepts(self, value: str) -> bool:
        """Whether a label of this value fulfils it; a pattern that is none accepts nothing."""
        if self.operator in ("=", "!="):
            return (self.value == value) is (self.operator == "=")
        try:
            found = re.fullmatch(self.value, value) is not None
        except re.error:
            return False
        return found is (self.operator == "=~")


class Route(NamedTuple):
    """One branch. ``matchers`` all have to accept; the root has none."""

    place: str
    receiver: str
    matchers: tuple[Matcher, ...]
    children: tuple[Route, ...]

    @property
    def everywhere(self) -> Iterator[Route]:
        """This route and all below it."""
        yield self
        for child in self.children:
            yield from child.everywhere


@dataclass(frozen=True)
class Routing:
    """One configuration of Alertmanager."""

    file: str
    raw: dict[str, Any]
    prefix: str = ""
    document: int = 0

    @cached_property
    def root(self) -> Route:
        """The tree of routes."""
        return _route(mapping(self.raw, "route"), "route", "", 0)

    @cached_property
    def receivers(self) -> Mapping[str, str]:
        """The place of every receiver, by its name."""
        return {text(raw, "name"): f"receivers[{n}]" for n, raw in objects(self.raw, "receivers")}

    @cached_property
    def inhibitions(self) -> tuple[tuple[str, tuple[Matcher, ...], tuple[str, ...]], ...]:
        """Each rule of inhibition: its place, all its matchers, and the labels that have to be equal."""
        return tuple(
            (
                f"inhibit_rules[{n}]",
                (*_matchers(raw, "source_"), *_matchers(raw, "target_")),
                tuple(label for label in items(raw, "equal") if isinstance(label, str)),
            )
            for n, raw in objects(self.raw, "inhibit_rules")
        )

    def subject(self, place: str) -> str:
        """What stands at a place."""
        return place.partition(".")[0] or "routing"

    def routes_severity(self, severity: str) -> bool:
        """Whether a route that asks for a severity takes this one, or none asks."""
        asking = [r for r in self.root.everywhere if any(m.label == "severity" for m in r.matchers)]
        return not asking or any(
            all(m.accepts(severity) for m in route.matchers if m.label == "severity") for route in asking
        )


def looks_like_routing(document: Any) -> bool:
    """Whether a YAML document is meant as Alertmanager's configuration."""
    return isinstance(document, dict) and "route" in document and "receivers" in document


def _route(raw: dict[str, Any], place: str, receiver: str, depth: int) -> Route:
    own = text(raw, "receiver") or receiver
    children = objects(raw, "routes") if depth < _DEEPEST else ()
    return Route(
        place,
        own,
        _matchers(raw, ""),
        tuple(_route(child, f"{place}.routes[{n}]", own, depth + 1) for n, child in children),
    )


def _matchers(raw: dict[str, Any], side: str) -> tuple[Matcher, ...]:
    """The matchers of a route or of one side of an inhibition, in the new spelling and in both old ones."""
    found = [
        Matcher(m[1], m[2], m[4] if m[3] is None else m[3].replace('\\"', '"').replace("\\\\", "\\"))
        for line in items(raw, f"{side}matchers")
        if isinstance(line, str)
        for m in _MATCHER.finditer(line)
    ]
    for key, operator in ((f"{side}match", "="), (f"{side}match_re", "=~")):
        old = mapping(raw, key).items()
        found += [Matcher(str(name), operator, value) for name, value in old if isinstance(value, str)]
    return tuple(found)
