"""The weights of one named HTTP route of an Istio VirtualService; all else in the object stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from codesentinel.act.traffic.cluster import ClusterSplitter
from codesentinel.act.traffic.kubernetes import Kind, Place
from codesentinel.model.errors import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping


class IstioSplitter(ClusterSplitter):
    """Two destinations, ``HOST`` or ``HOST/SUBSET``, of one HTTP route."""

    kind: ClassVar[Kind] = Kind("networking.istio.io", "v1", "VirtualService", "virtualservices")
    scale: ClassVar[int] = 100

    def weights(self, document: Mapping[str, Any]) -> Mapping[str, int]:
        """The weight of every destination of the route."""
        return {_destination(entry): _weight(entry) for entry in self._route(document)[1]}

    def places(self, document: Mapping[str, Any]) -> Mapping[str, Place]:
        """Where they stand, in the route of that name and before that destination."""
        number, entries = self._route(document)
        base = f"/spec/http/{number}"
        name = document["spec"]["http"][number].get("name")
        named = ((f"{base}/name", name),) if name else ()
        return {
            _destination(entry): Place(
                f"{base}/route/{index}/weight",
                _weight(entry),
                (*named, (f"{base}/route/{index}/destination", entry["destination"])),
            )
            for index, entry in enumerate(entries)
        }

    def _route(self, document: Mapping[str, Any]) -> tuple[int, list[Mapping[str, Any]]]:
        """Which route it is, and where it leads."""
        routes: list[Mapping[str, Any]] = document.get("spec", {}).get("http") or []
        found = [
            (number, list(route.get("route") or []))
            for number, route in enumerate(routes)
            if self.part in ("", route.get("name", "")) and self._leads_to_both(route)
        ]
        if len(found) == 1:
            return found[0]
        named = f" called {self.part}" if self.part else ""
        raise BadAnswer(
            f"the VirtualService has {len(found) or 'no'} HTTP route{named} that leads to"
            f" {' and '.join(self.destinations)} once each",
            hint=f"its routes: {', '.join(str(route.get('name', '-')) for route in routes) or 'none'}",
        )

    def _leads_to_both(self, route: Mapping[str, Any]) -> bool:
        names = [_destination(entry) for entry in route.get("route") or []]
        return all(names.count(wanted) == 1 for wanted in self.destinations)


def _destination(entry: Mapping[str, Any]) -> str:
    found = entry.get("destination") or {}
    subset = found.get("subset")
    return f"{found.get('host', '')}/{subset}" if subset else str(found.get("host", ""))


def _weight(entry: Mapping[str, Any]) -> int:
    return int(entry.get("weight", 0))
