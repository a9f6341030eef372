"""What ``metrics export`` hands back."""

from __future__ import annotations

from typing import NamedTuple


class Exported(NamedTuple):
    """A file that was written.

    Attributes:
        source: the server.
        path: relative to the workspace root where it lies below it.
        since: of the first sample, epoch seconds.
        until: of the last one.
        left_out: values that were NaN or infinite.
    """

    source: str
    path: str
    format: str
    samples: int
    series: int
    since: float
    until: float
    left_out: int
    size_bytes: int
