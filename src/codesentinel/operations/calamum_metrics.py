"""What ``/metrics`` shows of calamum: when each target was last attacked, and how its cases came out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from prometheus_client import Gauge

from codesentinel.model.attack import BROKEN, FAILED, HELD, SKIPPED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prometheus_client import CollectorRegistry


class CalamumMetrics:
    """The last run of each target, from the events of its cases."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._at = Gauge(
            "codesentinel_calamum_last_run_timestamp_seconds",
            "When a target was last attacked.",
            ["target"],
            registry=registry,
        )
        self._cases = Gauge(
            "codesentinel_calamum_cases",
            "Cases of the last run of a target, by how they came out.",
            ["target", "outcome"],
            registry=registry,
        )
        self._runs: dict[str, str] = {}

    def take(self, event: Mapping[str, Any]) -> None:
        """One event of the domain; those that are no case are passed over."""
        try:
            facts = event["activity"]["metadata"]
            if event["activity"]["action"] != "case":
                return
            run, outcome = str(facts["run"]), str(facts["outcome"])
            target = str(facts["target"]).partition(":")[0]  # not one for each process that was watched
            at = datetime.fromisoformat(event["timestamp"]).timestamp()
        except (KeyError, TypeError, ValueError):
            return
        if self._runs.get(target) != run:
            self._runs[target] = run
            for name in (HELD, FAILED, SKIPPED, BROKEN):
                self._cases.labels(target, name).set(0)
        self._cases.labels(target, outcome).inc()
        self._at.labels(target).set(at)
