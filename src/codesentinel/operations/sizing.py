"""``metrics size``: what the metrics of so many hosts take, in each way to run them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.analysis.sizing.tiers import sized
from codesentinel.capture.cardinality import head_status
from codesentinel.capture.prometheus import PrometheusClient
from codesentinel.model.errors import NoData, UsageError
from codesentinel.model.sizing import Fleet, Keeping, Machine
from codesentinel.operations.base import Context, operation

if TYPE_CHECKING:
    from codesentinel.model.sizing import Sizing

_HOSTS = 'count(count by (host) (label_replace(up, "host", "$1", "instance", "([^:]+)(?::[0-9]+)?")))'


@operation("metrics.size", metadata=lambda found: {"recommended": found.recommended})
def size(
    context: Context,
    *,
    fleet: Fleet | None = None,
    machine: Machine | None = None,
    keeping: Keeping | None = None,
    url: str = "",
) -> Sizing:
    """Say how much memory, CPU and disk the metrics of so many hosts take, and what breaks first.

    Args:
        context: where this runs.
        fleet: what is to be watched; one host by default.
        machine: what one server has.
        keeping: how long samples are kept.
        url: a Prometheus or VictoriaMetrics that watches some of the hosts already: its series per host are
            taken instead of those reckoned from a host's parts.

    Raises:
        UsageError: an amount that is none.
        NoData: the server watches no host.
        Unreachable, BadAnswer: the server does not say.
    """
    asked = fleet or Fleet(hosts=1)
    if asked.hosts < 1 or asked.interval_seconds <= 0:
        raise UsageError("a fleet has one host or more, and is scraped at an interval", hint="--hosts 100")
    if url:
        asked = asked._replace(
            series_per_host=_series_per_host(url, context.settings.sources.timeout_seconds)
        )
    return sized(asked, machine or Machine(), keeping or Keeping())


def _series_per_host(url: str, timeout_seconds: float) -> float:
    """All series of a server for each host that it scrapes."""
    rows = PrometheusClient(url, timeout_seconds=timeout_seconds).instant(_HOSTS)
    if not rows or not rows[0][1]:
        raise NoData("the server watches no host", hint="ask one that has `up`")
    return head_status(url, timeout_seconds=timeout_seconds).series / rows[0][1]
