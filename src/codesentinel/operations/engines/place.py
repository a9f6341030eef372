"""Where work is to be done, as somebody asks for it, and the engine that does it there."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from codesentinel.model.errors import UsageError
from codesentinel.operations.engines.local import Here, Local, cores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Part = TypeVar("Part")
Result = TypeVar("Result")

ENGINES = ("local", "dask", "ray", "spark")
_HERE = "here"
_WORTH = 1000
"""Below so many milliseconds of work a process costs more than it saves."""


class Engine(Protocol):
    """Does the same work on each part; ``work`` and parts can be pickled."""

    def map(self, work: Callable[[Part], Result], parts: Iterable[Part]) -> Iterator[Result]:
        """The results, in the order of the parts; closing it gives up what has not begun."""


class Place(NamedTuple):
    """An engine's name; how many workers to start (0: one for each core), or the cluster to use instead.

    ``here`` is this process in any case: for those that must leave no others behind.
    """

    name: str = "local"
    workers: int = 0
    address: str = ""

    def check(self) -> None:
        """See that there is such a place, before anything is read for it.

        Raises:
            UsageError: there is not, or what it needs is not installed.
        """
        if self.name == _HERE:
            return
        if self.name not in ENGINES:
            raise UsageError(f"no such engine: {self.name}", hint=f"one of {', '.join(ENGINES)}")
        if self.workers < 0:
            raise UsageError(f"{self.workers} workers can do nothing", hint="--workers 2")
        if self.address and self.name == "local":
            raise UsageError(
                "the local engine has no address", hint="--engine dask --engine-address tcp://..."
            )
        if self.address and self.workers:
            raise UsageError("a cluster has its own workers", hint="leave --workers or --engine-address out")
        if self.name != "local":
            from codesentinel.operations.engines.clusters import check_installed

            check_installed(self.name)


@contextlib.contextmanager
def engine_at(place: Place, *, series: int, milliseconds_each: float) -> Iterator[Engine]:
    """The engine there, or this process where there is too little to do for others; it ends with the block.

    Raises:
        Unreachable: the cluster is not there.
    """
    workers = place.workers or cores()
    if place.name in (_HERE, "local"):
        few = workers < 2 or series < 2 or series * milliseconds_each < _WORTH * workers
        yield Here() if place.name == _HERE or (few and not place.workers) else Local(workers)
        return
    from codesentinel.operations.engines.clusters import CLUSTERS
    from codesentinel.operations.engines.fugued import Fugued

    with CLUSTERS[place.name][0](workers, place.address) as cluster:
        yield Fugued(place.name, *cluster)


def parts_of(items: Sequence[Part], size: int) -> Iterator[Sequence[Part]]:
    """In their order, ``size`` in each."""
    return (items[start : start + size] for start in range(0, len(items), size))
