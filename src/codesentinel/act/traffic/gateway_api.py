"""The weights of one rule of a Gateway API HTTPRoute; all else in the object stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from codesentinel.act.traffic.cluster import ClusterSplitter
from codesentinel.act.traffic.kubernetes import Kind, Place
from codesentinel.model.errors import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEFAULT_WEIGHT = 1


class GatewaySplitter(ClusterSplitter):
    """Two services of one rule, which is known by its name, or by its number counted from 0."""

    kind: ClassVar[Kind] = Kind("gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes")
    scale: ClassVar[int] = 1000

    def weights(self, document: Mapping[str, Any]) -> Mapping[str, int]:
        """The weight of every backend of the rule."""
        return {str(ref["name"]): _weight(ref) for ref in self._rule(document)[1]}

    def places(self, document: Mapping[str, Any]) -> Mapping[str, Place]:
        """Where they stand, before the backend of that name."""
        number, refs = self._rule(document)
        base = f"/spec/rules/{number}/backendRefs"
        return {
            str(ref["name"]): Place(
                f"{base}/{index}/weight", _weight(ref), ((f"{base}/{index}/name", ref["name"]),)
            )
            for index, ref in enumerate(refs)
        }

    def _rule(self, document: Mapping[str, Any]) -> tuple[int, list[Mapping[str, Any]]]:
        """Which rule it is, and its backends."""
        rules: list[Mapping[str, Any]] = document.get("spec", {}).get("rules") or []
        found = [
            (number, list(rule.get("backendRefs") or []))
            for number, rule in enumerate(rules)
            if self.part in ("", rule.get("name", ""), str(number)) and self._has_both(rule)
        ]
        if len(found) == 1:
            return found[0]
        named = f" {self.part}" if self.part else ""
        raise BadAnswer(
            f"the HTTPRoute has {len(found) or 'no'} rule{named} with the backends"
            f" {' and '.join(self.destinations)} once each",
            hint="name the rule, or give its number counted from 0",
        )

    def _has_both(self, rule: Mapping[str, Any]) -> bool:
        names = [ref.get("name") for ref in rule.get("backendRefs") or []]
        return all(names.count(wanted) == 1 for wanted in self.destinations)


def _weight(ref: Mapping[str, Any]) -> int:
    return int(ref.get("weight", _DEFAULT_WEIGHT))
