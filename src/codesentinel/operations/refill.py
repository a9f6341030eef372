"""Refilling the long history from Prometheus after a crash.

VictoriaMetrics acknowledges samples a few seconds before they are on disk, and Prometheus never sends an
acknowledged sample twice; after a crash of its own it does not send what it had not sent yet. In both
cases Prometheus still holds the samples, so they are copied once more; the storage drops what it has.
"""

from __future__ import annotations

import time

from codesentinel.act.history import import_series
from codesentinel.capture.prometheus import PrometheusClient
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.endpoints import endpoints

_EVERYTHING = '{__name__!=""}'
_TIMEOUT_SECONDS = 60.0


@operation("metrics.refill", Effect.WRITE, metadata=lambda samples: {"samples": samples})
def refill(
    context: Context,
    *,
    until: float | None = None,
    window_seconds: float = 60.0,
    prometheus_url: str = "",
    history_url: str = "",
) -> int:
    """Copy the samples of the ``window_seconds`` before ``until`` (epoch seconds); how many they were.

    The servers are those of this workspace where no URL is given.

    Raises:
        Unreachable, BadAnswer: one of the two servers did not do its part.
    """
    servers = endpoints(context)
    prometheus = PrometheusClient(prometheus_url or servers.prometheus, timeout_seconds=_TIMEOUT_SECONDS)
    moment = until if until is not None else time.time()
    series = prometheus.samples(_EVERYTHING, window_seconds, at=moment)
    return import_series(history_url or servers.history, series, timeout_seconds=_TIMEOUT_SECONDS)
