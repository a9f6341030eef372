"""What splitters of a cluster share: the weights stand in an object, and others count what arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from codesentinel.act.traffic.kubernetes import WeightedObject
from codesentinel.model.traffic import Split

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codesentinel.act.traffic.kubernetes import Kind, Place, Where
    from codesentinel.model.traffic import Arrived


class ClusterSplitter:
    """Two destinations of one part of an object.

    Args:
        where: the object.
        part: which part of it splits the traffic; empty where only one leads to both destinations.
        baseline, canary: the destinations.
        count: counts what arrived, for the object does not tell.
        timeout_seconds: for one answer of the cluster.
    """

    kind: ClassVar[Kind]
    scale: ClassVar[int]

    def __init__(
        self,
        where: Where,
        part: str = "",
        *,
        baseline: str,
        canary: str,
        count: Callable[[], Arrived],
        timeout_seconds: float = 10.0,
    ) -> None:
        self.part = part
        self.destinations = (baseline, canary)
        self._count = count
        self._object = WeightedObject(self.kind, where, self._places, timeout_seconds=timeout_seconds)

    @property
    def identity(self) -> str:
        """The object and the part of it."""
        return f"{self._object.identity}:{self.part}"

    def prepare(self) -> None:
        """The cluster runs it."""

    def split(self, canary_ratio: float) -> Split:
        """In a fixed scale, or of what both have together where other destinations have a weight too."""
        weights = self.weights(self._object.document())
        ours = sum(weights[name] for name in self.destinations)
        total = ours if sum(weights.values()) > ours > 0 else self.scale
        canary = round(canary_ratio * total)
        return Split(total - canary, canary)

    def read(self) -> Split:
        """The weights as the object has them."""
        return self._object.read()

    def write(self, split: Split) -> None:
        """Set both; the data plane takes them up a moment later, which what arrives shows."""
        self._object.write(split)

    def arrived(self) -> Arrived:
        """What the data plane has counted."""
        return self._count()

    def weights(self, document: Mapping[str, Any]) -> Mapping[str, int]:
        """The weight of every destination of the part, others among them."""
        raise NotImplementedError

    def places(self, document: Mapping[str, Any]) -> Mapping[str, Place]:
        """Where the weights of both arms stand."""
        raise NotImplementedError

    def _places(self, document: Mapping[str, Any]) -> tuple[Place, Place]:
        found = self.places(document)
        return found[self.destinations[0]], found[self.destinations[1]]
