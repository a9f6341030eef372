"""What every splitter can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from codesentinel.model.traffic import Arrived, Split


class Splitter(Protocol):
    """Two arms of traffic and their weights.

    Every method raises Unreachable, BadAnswer, Unauthorized or NotInstalled where no answer can be had,
    and Failed where the splitter refuses.
    """

    @property
    def identity(self) -> str:
        """What is split, the same for everybody who would split it; never two at once."""

    def prepare(self) -> None:
        """Start it where it is ours to run and does not run; else there is nothing to do."""

    def split(self, canary_ratio: float) -> Split:
        """The weights that come nearest to a share of 0 to 1; 0 and 1 are met exactly."""

    def read(self) -> Split:
        """The weights as the splitter has them now."""

    def write(self, split: Split) -> None:
        """Set the weights; returns once the splitter says that it serves by them. May be repeated."""

    def arrived(self) -> Arrived:
        """How many requests each arm has been sent, counted by whoever sends them on."""
