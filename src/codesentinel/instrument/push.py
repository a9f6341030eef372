"""Telling a Pushgateway how a job ended that nobody can scrape.

A gateway keeps what was pushed last and adds nothing up: counts are of no use there, moments are. The
group is added to, not replaced, so that a run that failed leaves the moment of the last success.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codesentinel.instrument.families import LAST_DURATION, LAST_RUN, LAST_SUCCESS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.metrics_core import GaugeMetricFamily

_LABELS = ("service", "environment", "version", "job_name")


class JobRun(NamedTuple):
    """One run of a job."""

    job_name: str
    service: str
    environment: str
    version: str
    ended_at: float
    duration_seconds: float
    succeeded: bool

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What is pushed: the gauges that a scraped job shows too."""
        from prometheus_client.metrics_core import GaugeMetricFamily

        values = {LAST_RUN: self.ended_at, LAST_DURATION: self.duration_seconds}
        if self.succeeded:
            values[LAST_SUCCESS] = self.ended_at
        for (name, text), value in values.items():
            family = GaugeMetricFamily(name, text, labels=_LABELS)
            family.add_metric([getattr(self, label) for label in _LABELS], value)
            yield family


def push_run(url: str, run: JobRun, *, timeout_seconds: float) -> None:
    """Push a run into the group of its job, service and environment; what goes wrong is logged."""
    from http.client import HTTPException

    from prometheus_client import pushadd_to_gateway

    group = {"service": run.service, "environment": run.environment}
    try:
        pushadd_to_gateway(url, run.job_name, run, group, timeout=timeout_seconds)
    except (OSError, ValueError, HTTPException) as exc:
        import logging

        shown = url.rpartition("@")[2]
        logging.getLogger(__name__).warning(
            "the end of job %s could not be pushed to %s: %s", run.job_name, shown, exc
        )
