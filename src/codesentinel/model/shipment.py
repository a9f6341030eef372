"""What became of events that were shipped."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shipment:
    """What became of the events since the last time.

    ``created`` were written, ``present`` were there already, ``rejected`` the server will never take: they
    are kept in ``rejected_file``. ``to`` is a data stream, or the folder of the segments.
    """

    to: str
    created: int
    present: int
    rejected: int
    rejected_file: str = ""
    files_modified: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether every event arrived."""
        return not self.rejected
