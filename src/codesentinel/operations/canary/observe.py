"""What a Prometheus knows of a canary and its baseline, counted by tick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.capture.prometheus import PrometheusClient
from codesentinel.model.errors import BadAnswer
from codesentinel.operations.endpoints import endpoints
from codesentinel.operations.history import needs_arrays

if TYPE_CHECKING:
    from codesentinel.capture.canary import Arms
    from codesentinel.model.canary import CanaryConfig, Observations
    from codesentinel.model.series import Series
    from codesentinel.operations.base import Context

_BEFORE_SECONDS = 300.0  # the first sample in the window needs one before it
_TICKS_A_BLOCK = 4


def observe(
    context: Context,
    config: CanaryConfig,
    arms: Arms,
    *,
    start: float,
    end: float,
    started_at: float | None = None,
    canary_share: float | None = None,
    url: str = "",
) -> Observations:
    """Both arms from ``start`` to ``end`` (epoch seconds).

    A metric that cannot be read is told in the observations; the others are read all the same.

    ``started_at`` is when the canary began to serve, from which the warm-up counts (default: ``start``);
    ``canary_share`` the part of the traffic that it should get.

    Raises:
        UsageError: a selector is none.
        Unreachable: the server does not answer.
        NotInstalled: the numerical library is missing.
    """
    with needs_arrays():
        import numpy as np

        from codesentinel.capture.canary import read_metric
        from codesentinel.model.canary import Observations

    client = PrometheusClient(
        url or endpoints(context).prometheus, timeout_seconds=context.settings.sources.timeout_seconds
    )
    first = (start if started_at is None else started_at) + config.warm_up_seconds
    tick = config.block_seconds / _TICKS_A_BLOCK
    before = int(max((first - start) // tick, 0))
    after = int(max((end - first) // tick, 0))
    edges = first + tick * np.arange(-before, after + 1, dtype=np.float64)
    asked: dict[str, list[Series]] = {}

    def read(selector: str) -> list[Series]:
        if selector not in asked:
            asked[selector] = client.samples(selector, end - start + _BEFORE_SECONDS, at=end)
        return asked[selector]

    metrics, errors = {}, {}
    for metric in config.metrics:
        try:
            found = read_metric(metric, arms, read, edges, config.instance_label)
        except BadAnswer as exc:
            errors[metric.name] = exc.message
            continue
        if found is not None:
            metrics[metric.name] = found
    return Observations(
        edges=edges,
        metrics=metrics,
        started_at=start if started_at is None else started_at,
        canary_share=None if canary_share is None else np.full(len(edges) - 1, canary_share),
        errors=errors,
    )
