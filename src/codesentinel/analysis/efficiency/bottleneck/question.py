"""What is asked of one service, and what is known of it besides its metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Landed(NamedTuple):
    """A deployment that began or ended at a time (epoch seconds)."""

    at: float
    name: str


class Question(NamedTuple):
    """Of which service, by which source; ``profile`` names its newest profile, or is empty."""

    source: str
    service: str
    deployments: Sequence[Landed]
    profile: str = ""
    processes: int = 1
