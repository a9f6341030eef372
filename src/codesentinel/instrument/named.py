"""Metrics of what a service gives names to: functions, jobs, pools, other services, locks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.instrument.bounds import MAX_NAMES, Bounded
from codesentinel.instrument.families import OverflowFamilies, registered

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry


class NamedMetrics:
    """The measures of one service; the names that it can make series of are bounded.

    Args:
        service, environment, version: put on every series.
        registry: where the metrics are registered; None is prometheus-client's own.
        max_names: further names share the name ``overflow``, and are counted; None takes
            ``CODESENTINEL_INSTRUMENT_MAX_NAMES`` from the environment, else 200.
    """

    def __init__(
        self,
        service: str,
        *,
        environment: str = "",
        version: str = "",
        registry: CollectorRegistry | None = None,
        max_names: int | None = None,
    ) -> None:
        self._who = who = (service, environment, version)
        self._registry = registry
        overflows = registered(OverflowFamilies, registry).names.labels(*who)
        self._names = Bounded(max_names, MAX_NAMES, overflows)
        self._show()

    def _show(self) -> None:
        """Register what is to be shown from the beginning; the rest is, when it is first named."""
