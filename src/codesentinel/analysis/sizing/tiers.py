"""Each way to run it: what all of its servers take, how many machines that is, and what breaks first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from codesentinel.analysis.sizing.amounts import amounts, largest_rule_samples
from codesentinel.analysis.sizing.measured import (
    MOST_SAMPLES_A_QUERY,
    PROMETHEUS,
    THINNED_DISK_BYTES,
    VICTORIA,
    Range,
)
from codesentinel.model.interval import Interval
from codesentinel.model.sizing import Keeping, Machine, Sizing, Tier

if TYPE_CHECKING:
    from codesentinel.analysis.sizing.measured import Costs
    from codesentinel.model.sizing import Amounts, Fleet

STACK = "one machine: codesentinel up"
SINGLE = "one VictoriaMetrics, two scrapers"
CLUSTER = "VictoriaMetrics cluster"
THANOS = "Thanos"

_DAY_SECONDS = 86400.0
_ROOM = {"memory": 0.6, "cores": 0.5, "disk": 0.8, "rules": 1.0}
"""How much of a machine may be used: queries, merges and a neighbour's failure need the rest."""
_COPIES, _LEAST_STORAGES = 2, 3
_HEAD_DAYS = 2.0
"""What Prometheus keeps itself where a bucket has the rest."""
_THINNED_BYTES = Range(0.1, 0.2, 0.4)
"""In the bucket, of a scraped sample, for the compactor's five minutes and hour: five aggregates each.

Reckoned from what it is documented to keep, not measured.
"""
ASSUMPTIONS = (
    "a host runs a node exporter and codesentinel; all of infrastructure/prometheus/rules is evaluated",
    "costs are of Prometheus 2.42 and VictoriaMetrics 1.79.5, measured to 1,000 and 3,000 hosts",
    "memory is used to 60%, processors to 50%, disks to 80%: queries, merges and failures need the rest",
    "cluster and Thanos are reckoned from the single programs' costs and their copies, not measured",
)


def sized(fleet: Fleet, machine: Machine, keeping: Keeping) -> Sizing:
    """All tiers, and the first of them in which everything fits."""
    found = amounts(fleet)
    tiers = (
        _stack(fleet, machine, keeping, found),
        _single(fleet, machine, keeping, found),
        _cluster(fleet, machine, keeping, found),
        _thanos(fleet, machine, keeping, found),
    )
    fitting = [tier.name for tier in tiers if tier.machines]
    return Sizing(fleet, machine, keeping, found, tiers, (fitting or [CLUSTER])[0], ASSUMPTIONS)


def _stack(fleet: Fleet, machine: Machine, keeping: Keeping, found: Amounts) -> Tier:
    """Prometheus scrapes and evaluates, and writes into a VictoriaMetrics beside it."""
    memory = _sum(_memory(PROMETHEUS, found), _memory(VICTORIA, found))
    cores = _sum(_cores(PROMETHEUS, found), VICTORIA.write_cpu_seconds.times(found.samples_per_second))
    disk = _sum(_disk(PROMETHEUS, found, 15.0), _disk(VICTORIA, found, keeping.thinned_days))
    rules = PROMETHEUS.read_cpu_seconds.usual * found.rule_samples_per_second
    return _on_one(STACK, fleet, machine, (memory, cores, disk), rules)


def _single(fleet: Fleet, machine: Machine, keeping: Keeping, found: Amounts) -> Tier:
    """Raw samples and, in a second storage on the same machine, those that are thinned."""
    memory = _sum(_memory(VICTORIA, found), _memory(VICTORIA, found))
    cores = _sum(_cores(VICTORIA, found), VICTORIA.write_cpu_seconds.times(3 * found.samples_per_second))
    disk = _sum(_disk(VICTORIA, found, keeping.raw_days), _thinned(found, keeping.thinned_days))
    rules = largest_rule_samples(fleet) / MOST_SAMPLES_A_QUERY
    return _on_one(SINGLE, fleet, machine, (memory, cores, disk), rules)


def _cluster(fleet: Fleet, machine: Machine, keeping: Keeping, found: Amounts) -> Tier:
    """Two copies over as many machines as it takes; the thinned tier is a machine of its own."""
    memory = _scaled(_memory(VICTORIA, found), _COPIES)
    cores = _sum(
        _cores(VICTORIA, found), VICTORIA.write_cpu_seconds.times(2 * _COPIES * found.samples_per_second)
    )
    disk = _scaled(_disk(VICTORIA, found, keeping.raw_days), _COPIES)
    storages = max(_machines(machine, memory, cores, disk), _LEAST_STORAGES)
    years = (_memory(VICTORIA, found), _thinned(found, keeping.thinned_days))
    rules = largest_rule_samples(fleet) / MOST_SAMPLES_A_QUERY
    return Tier(
        CLUSTER,
        _sum(memory, years[0]),
        cores,
        _sum(disk, years[1]),
        None,
        storages + _machines(machine, years[0], Interval(0.0, 0.0, 0.0), years[1]),
        {"rules": rules},
        ("samples that one rule reads", fleet.hosts / rules),
    )


def _thanos(fleet: Fleet, machine: Machine, keeping: Keeping, found: Amounts) -> Tier:
    """A Prometheus pair per shard; everything older than two days in a bucket, twice, and thinned."""
    memory = _scaled(_memory(PROMETHEUS, found), _COPIES)
    cores = _scaled(_cores(PROMETHEUS, found), _COPIES)
    disk = _scaled(_disk(PROMETHEUS, found, _HEAD_DAYS), _COPIES)
    bucket = _sum(
        _scaled(_disk(PROMETHEUS, found, keeping.raw_days), _COPIES),
        _THINNED_BYTES.times(_COPIES * found.samples_per_second * _DAY_SECONDS * keeping.thinned_days),
    )
    late = PROMETHEUS.read_cpu_seconds.usual * found.rule_samples_per_second
    machines = _COPIES * max(math.ceil(_machines(machine, memory, cores, disk) / _COPIES), 1)
    return Tier(
        THANOS,
        memory,
        cores,
        disk,
        bucket,
        machines + 1,
        {"rules": late},
        ("time for rules", fleet.hosts / late),
    )


def _on_one(
    name: str, fleet: Fleet, machine: Machine, needed: tuple[Interval, Interval, Interval], rules: float
) -> Tier:
    """What has to fit on one machine."""
    memory, cores, disk = needed
    shares = {
        "memory": memory.estimate / machine.memory_bytes,
        "cores": cores.estimate / machine.cores,
        "disk": disk.estimate / machine.disk_bytes,
        "rules": rules,
    }
    used = {what: share / _ROOM[what] for what, share in shares.items()}
    first = max(used, key=lambda what: used[what])
    words = {"rules": "samples that one rule reads" if name == SINGLE else "time for rules"}
    return Tier(
        name,
        memory,
        cores,
        disk,
        None,
        1 if used[first] <= 1 else 0,
        shares,
        (words.get(first, first), fleet.hosts / used[first]),
    )


def _memory(costs: Costs, found: Amounts) -> Interval:
    """Of one server; series that ended today are still held."""
    return costs.series_memory_bytes.times(found.series + found.new_series_per_day, costs.base_memory_bytes)


def _cores(costs: Costs, found: Amounts) -> Interval:
    """For writing, and for what the rules read."""
    return _sum(
        costs.write_cpu_seconds.times(found.samples_per_second),
        costs.read_cpu_seconds.times(found.rule_samples_per_second),
    )


def _disk(costs: Costs, found: Amounts, days: float) -> Interval:
    series = (found.series + found.new_series_per_day) * days
    return _sum(
        costs.sample_disk_bytes.times(found.samples_per_second * _DAY_SECONDS * days),
        costs.index_disk_bytes.times(series),
    )


def _thinned(found: Amounts, days: float) -> Interval:
    return _sum(
        THINNED_DISK_BYTES.times(found.samples_per_second * _DAY_SECONDS * days),
        VICTORIA.index_disk_bytes.times((found.series + found.new_series_per_day) * days),
    )


def _machines(machine: Machine, memory: Interval, cores: Interval, disk: Interval) -> int:
    """So many hold it with room to spare."""
    return math.ceil(
        max(
            memory.estimate / machine.memory_bytes / _ROOM["memory"],
            cores.estimate / machine.cores / _ROOM["cores"],
            disk.estimate / machine.disk_bytes / _ROOM["disk"],
        )
    )


def _sum(one: Interval, other: Interval) -> Interval:
    bounds = [
        None if a is None or b is None else a + b
        for a, b in ((one.lower, other.lower), (one.upper, other.upper))
    ]
    return Interval(one.estimate + other.estimate, *bounds)


def _scaled(one: Interval, factor: float) -> Interval:
    lower, upper = (None if bound is None else bound * factor for bound in (one.lower, one.upper))
    return Interval(one.estimate * factor, lower, upper)
