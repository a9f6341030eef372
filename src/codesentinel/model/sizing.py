"""What storing the metrics of so many hosts takes: the fleet, the amounts, and each way to run it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from codesentinel.model.interval import Interval


class Fleet(NamedTuple):
    """What is watched, and how often.

    Attributes:
        hosts: machines with a node exporter and codesentinel.
        interval_seconds: between two scrapes.
        cpus: of a host, as its kernel counts them.
        disks: of a host.
        interfaces: of a host, inner ones included.
        mounts: file systems of a host.
        groups: process groups of a host, which are series for as long as they live.
        services: instances of services with ``codesentinel.instrument``.
        new_groups_per_day: process groups of a host that were not there the day before.
        series_per_host: what is scraped of a host, where it was counted; else it is reckoned from the above.
    """

    hosts: int
    interval_seconds: float = 15.0
    cpus: int = 8
    disks: int = 2
    interfaces: int = 3
    mounts: int = 3
    groups: int = 30
    services: int = 0
    new_groups_per_day: float = 3.0
    series_per_host: float | None = None


class Machine(NamedTuple):
    """One server of a tier."""

    memory_bytes: float = 64e9
    cores: float = 16.0
    disk_bytes: float = 2e12


class Keeping(NamedTuple):
    """How long samples are kept: as they were scraped, and one in five minutes."""

    raw_days: float = 30.0
    thinned_days: float = 730.0


class Amounts(NamedTuple):
    """What comes in."""

    series_per_host: float
    recorded_per_host: float
    series: float
    samples_per_second: float
    new_series_per_day: float
    rule_samples_per_second: float
    """What the rules read, most of it for averages over a day."""


class Tier(NamedTuple):
    """One way to run it, and what all its servers take together.

    Attributes:
        name: such as ``VictoriaMetrics cluster``.
        memory_bytes: with what queries need beside what is stored.
        cores: for writing and for rules.
        disk_bytes: local; with both copies where there are two.
        bucket_bytes: in an object store.
        machines: so many of the size that was given hold it with room to spare; 0 where none do.
        shares: of one machine's memory, cores, disk and time for rules, where the tier is on one machine.
        breaks: what gives way first as hosts are added, and at about how many.
    """

    name: str
    memory_bytes: Interval
    cores: Interval
    disk_bytes: Interval
    bucket_bytes: Interval | None
    machines: int
    shares: dict[str, float]
    breaks: tuple[str, float]


class Sizing(NamedTuple):
    """The amounts, every tier, and the one to begin with."""

    fleet: Fleet
    machine: Machine
    keeping: Keeping
    amounts: Amounts
    tiers: tuple[Tier, ...]
    recommended: str
    assumptions: tuple[str, ...]

    def as_document(self) -> dict[str, object]:
        """The JSON shape."""
        return {
            "fleet": self.fleet._asdict(),
            "machine": self.machine._asdict(),
            "keeping": self.keeping._asdict(),
            **self.amounts._asdict(),
            "tiers": [_document(tier) for tier in self.tiers],
            "recommended": self.recommended,
            "assumptions": list(self.assumptions),
        }


def _document(tier: Tier) -> dict[str, object]:
    limit, hosts = tier.breaks
    return tier._asdict() | {"breaks": {"limit": limit, "hosts": hosts}}
