"""Traffic that is split in two: what a splitter is told, and what really arrived."""

from __future__ import annotations

from typing import NamedTuple


class Split(NamedTuple):
    """The weights of both arms, as the splitter keeps them: whole numbers in a scale of its own."""

    baseline: int
    canary: int

    @property
    def canary_ratio(self) -> float:
        """The share of the traffic that goes to the canary; 0 where neither gets any."""
        total = self.baseline + self.canary
        return self.canary / total if total else 0.0


NO_SPLIT = Split(0, 0)


class Arrived(NamedTuple):
    """How many requests each arm was sent since some moment that is the same for both."""

    baseline: int
    canary: int

    @property
    def total(self) -> int:
        """Of both arms."""
        return self.baseline + self.canary

    @property
    def canary_ratio(self) -> float:
        """The canary's share; 0 where nothing arrived."""
        return self.canary / self.total if self.total else 0.0

    def since(self, before: Arrived) -> Arrived:
        """What arrived after ``before``; counted from nothing where a counter began anew meanwhile."""
        return Arrived(*(now - then if now >= then else now for now, then in zip(self, before, strict=True)))


class Address(NamedTuple):
    """Where a server of this machine listens: an IPv4 address and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"
