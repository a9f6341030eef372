"""One process in detail: what every command shows, and what only its owner may read."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codesentinel.model.process import Process


class ProcessDetail:
    """A process, its family, and what it uses.

    Args:
        process: as it was read.
        age_seconds: how long it has run.
        ancestors: its parent first.
        children: in the order of their ids.
        facts: everything else, by name and in base units; None where it may not be read.
    """

    __slots__ = ("age_seconds", "ancestors", "children", "facts", "process")

    def __init__(
        self,
        process: Process,
        age_seconds: float,
        ancestors: Sequence[Process],
        children: Sequence[Process],
        facts: Mapping[str, object],
    ) -> None:
        self.process = process
        self.age_seconds = age_seconds
        self.ancestors = ancestors
        self.children = children
        self.facts = facts

    def as_document(self) -> dict[str, object]:
        """The JSON shape."""
        process = self.process
        return {
            "process": {
                **process.as_document(),
                "is_kernel_thread": process.is_kernel_thread,
                "threads": process.threads,
                "runtime_seconds": round(self.age_seconds, 3),
                "cpu_seconds": process.cpu_seconds,
                "children_cpu_seconds": process.children_cpu_seconds,
                "cpu_lifetime_ratio": process.cpu_seconds / self.age_seconds
                if self.age_seconds > 0
                else None,
                "vms_bytes": process.vms_bytes,
                "ancestors": [one.pid for one in self.ancestors],
                "lineage": [
                    {"pid": one.pid, "handle": one.handle, "name": one.name} for one in self.ancestors
                ],
                "children": [
                    {"pid": one.pid, "handle": one.handle, "name": one.name} for one in self.children
                ],
                **self.facts,
            }
        }
