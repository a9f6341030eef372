"""Which connections network policies allow, as the API says that policies are to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NAME = "kubernetes.io/metadata.name"


class Pod(NamedTuple):
    """An end of a connection."""

    namespace: str
    labels: Mapping[str, str]


Door = tuple[str, int]
"""A protocol and a port."""


def allows(policies: Iterable[Mapping[str, Any]], source: Pod, target: Pod, door: Door) -> bool:
    """Whether both ends allow a connection: one that no policy selects allows everything."""
    held = list(policies)
    return _end(held, "Egress", (source, target), door) and _end(held, "Ingress", (target, source), door)


def _end(policies: list[Mapping[str, Any]], direction: str, ends: tuple[Pod, Pod], door: Door) -> bool:
    own, peer = ends
    selecting = [
        one
        for one in policies
        if one["metadata"]["namespace"] == own.namespace
        and direction in one["spec"].get("policyTypes", ["Ingress"])
        and _selects(one["spec"]["podSelector"], own.labels)
    ]
    key = "from" if direction == "Ingress" else "to"
    rules = [rule for one in selecting for rule in one["spec"].get(direction.lower()) or ()]
    return not selecting or any(
        _peers(rule.get(key), own, peer) and _ports(rule.get("ports"), door) for rule in rules
    )


def _peers(peers: list[Mapping[str, Any]] | None, own: Pod, peer: Pod) -> bool:
    return not peers or any(
        (
            _selects(one["namespaceSelector"], {NAME: peer.namespace})
            if "namespaceSelector" in one
            else peer.namespace == own.namespace
        )
        and _selects(one.get("podSelector", {}), peer.labels)
        for one in peers
    )


def _ports(ports: list[Mapping[str, Any]] | None, door: Door) -> bool:
    return not ports or any((one.get("protocol", "TCP"), one["port"]) == door for one in ports)


def _selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    assert set(selector) <= {"matchLabels"}, "expressions are not read here"
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())
