"""How many series and samples a fleet makes, from what exporters show and what the rules record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.sizing import Amounts

if TYPE_CHECKING:
    from codesentinel.model.sizing import Fleet

_NODE = 320.0
_CPU, _DISK, _INTERFACE, _MOUNT = 13.0, 18.0, 30.0, 7.0
"""Series of the node exporter: of a host, and of each of its parts; counted on this project's own."""
_CODESENTINEL, _GROUP = 77.0, 6.0
_SCRAPES = 10.0
"""What a scraper adds for two targets."""
_SERVICE = 122.0
"""An instance of the demo shop: three routes with a histogram each."""

_RECORDED, _RECORDED_DISK, _RECORDED_MOUNT, _RECORDED_GROUP = 19.0, 3.0, 6.0, 3.0
_DAILY, _DAILY_DISK, _DAILY_MOUNT, _DAILY_GROUP = 7.0, 2.0, 4.0, 3.0
"""Those of them that are averages and extremes over a day, made each four minutes."""
_DAY_SECONDS, _DAILY_SECONDS, _WINDOW_SECONDS, _EVALUATION_SECONDS = 86400.0, 240.0, 300.0, 15.0


def amounts(fleet: Fleet) -> Amounts:
    """What comes in each second, and what the rules read of it."""
    exposed = fleet.series_per_host
    if exposed is None:
        exposed = (
            _NODE
            + _CPU * fleet.cpus
            + _DISK * fleet.disks
            + _INTERFACE * fleet.interfaces
            + _MOUNT * fleet.mounts
            + _CODESENTINEL
            + _GROUP * fleet.groups
            + _SCRAPES
        )
    recorded = (
        _RECORDED
        + _RECORDED_DISK * fleet.disks
        + _RECORDED_MOUNT * fleet.mounts
        + _RECORDED_GROUP * fleet.groups
    )
    daily = _DAILY + _DAILY_DISK * fleet.disks + _DAILY_MOUNT * fleet.mounts + _DAILY_GROUP * fleet.groups
    scraped = fleet.hosts * exposed + fleet.services * _SERVICE
    return Amounts(
        series_per_host=exposed,
        recorded_per_host=recorded,
        series=scraped + fleet.hosts * recorded,
        samples_per_second=scraped / fleet.interval_seconds
        + fleet.hosts * (daily / _DAILY_SECONDS + (recorded - daily) / _EVALUATION_SECONDS),
        new_series_per_day=fleet.hosts * fleet.new_groups_per_day * (_GROUP + _RECORDED_GROUP),
        rule_samples_per_second=fleet.hosts
        * (
            _rates(fleet) * _WINDOW_SECONDS / fleet.interval_seconds / _EVALUATION_SECONDS
            + daily * _DAY_SECONDS / fleet.interval_seconds / _DAILY_SECONDS
        ),
    )


def _rates(fleet: Fleet) -> float:
    """Series of a host of which a rule reads five minutes at each evaluation."""
    return fleet.cpus + 2.0 * fleet.interfaces + fleet.disks + 8.0 * fleet.mounts + 12.0


def largest_rule_samples(fleet: Fleet) -> float:
    """What the rule that reads most reads at once: a day of one metric of every process group."""
    return fleet.hosts * fleet.groups * _DAY_SECONDS / fleet.interval_seconds
