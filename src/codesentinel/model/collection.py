"""What a collector did, and what it found before it began."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codesentinel.model.finding import Finding


@dataclass(frozen=True, slots=True)
class Collection:
    """What became of the records of a host.

    ``delivered`` counts records that the store took, ``retries`` objects that were sent again, ``dropped``
    records that never will be there; each of the ``findings`` says which and why. ``buffered`` records wait
    in ``buffered_bytes`` on the disk for the next run.
    """

    to: str
    host: str
    delivered: int
    retries: int
    dropped: int
    buffered: int
    buffered_bytes: int
    findings: tuple[Finding, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether nothing is missing."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What a log holds that was not read: ``log_bytes`` of it, and ``archives`` of its archived segments."""

    workspace: str
    domain: str
    log_bytes: int
    archives: int


@dataclass(frozen=True, slots=True)
class CollectCheck:
    """Whether a collector could deliver, and what it would.

    ``problem`` is empty where an object could be written, read and removed. ``clock_skew_seconds`` is how far
    this host's clock is ahead of the store's; None where that cannot be told.
    """

    to: str
    host: str
    problem: str
    clock_skew_seconds: float | None
    buffered: int
    buffered_bytes: int
    outstanding: tuple[Outstanding, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def succeeded(self) -> bool:
        """Whether the store can be used."""
        return not self.problem


@dataclass(frozen=True, slots=True)
class Compaction:
    """How many objects were written, and how many were removed for them."""

    to: str
    written: int
    removed: int
