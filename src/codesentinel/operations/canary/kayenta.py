"""``canary judge --judge kayenta``: the judge that Spinnaker uses, to migrate from it and to compare."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from codesentinel.capture.http_stream import without_credentials
from codesentinel.capture.prometheus import PrometheusClient
from codesentinel.config.kayenta import read_kayenta
from codesentinel.model.canary_judgement import CanaryJudgement
from codesentinel.model.errors import BadAnswer, UsageError
from codesentinel.model.selector import narrowed
from codesentinel.operations.base import Context, operation
from codesentinel.operations.canary.judge import recorded
from codesentinel.operations.endpoints import endpoints
from codesentinel.operations.history import needs_arrays

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from codesentinel.model.kayenta import KayentaMetric

STEP_SECONDS = 60.0
_WINDOW_SECONDS = 3600.0
_SCOPE = "${scope}"


@operation("canary.judge_kayenta", action="verdict", metadata=recorded)
def judge_kayenta(
    context: Context,
    *,
    baseline: str,
    canary: str,
    config_path: str,
    start: float | None = None,
    end: float | None = None,
    step_seconds: float = STEP_SECONDS,
    url: str = "",
) -> CanaryJudgement:
    """Judge a canary once by Kayenta's algorithm and configuration, on averages over each minute.

    The arms are matchers for metrics that are named, and what takes the place of ``${scope}`` in PromQL.

    Raises:
        UsageError: the arms or the window make no sense.
        ConfigurationError: all mistakes in the file.
        Unreachable, NotInstalled: nothing could be read.
    """
    with needs_arrays():
        from codesentinel.analysis.experiments.kayenta.judge import judge as judged
    config = read_kayenta(context.root / config_path, config_path)
    until = time.time() if end is None else end
    begin = until - _WINDOW_SECONDS if start is None else start
    if begin >= until:
        raise UsageError("the window ends before it begins", hint="--from TIME --to TIME, in this order")
    server = url or endpoints(context).prometheus
    client = PrometheusClient(server, timeout_seconds=context.settings.sources.timeout_seconds)
    values, errors = {}, {}
    for metric in config.metrics:
        try:
            control, experiment = (
                _read(client, _query(metric, arm), begin, until, step_seconds) for arm in (baseline, canary)
            )
        except BadAnswer as exc:
            errors[metric.name] = exc.message
        else:
            values[metric.name] = (control, experiment)
    verdict = judged(config, values, errors)
    return CanaryJudgement(
        verdict, baseline, canary, without_credentials(server), begin, until, judge="kayenta"
    )


def _query(metric: KayentaMetric, arm: str) -> str:
    """An average over all series of the arm, as Kayenta asks for it; or the PromQL of the configuration.

    Raises:
        UsageError: the arm is no matchers.
    """
    if metric.is_promql:
        return metric.query.replace(_SCOPE, arm)
    try:
        return f"avg({narrowed(metric.query, arm)})"
    except ValueError as exc:
        raise UsageError(str(exc), hint="such as --baseline 'version=\"1\"'") from exc


def _read(
    client: PrometheusClient, query: str, begin: float, until: float, step: float
) -> NDArray[np.float64]:
    """The values at every step; NaN where there are none.

    Raises:
        BadAnswer: there is more than one series.
    """
    import numpy as np

    series = client.range(query, begin, until, step)
    if len(series) > 1:
        raise BadAnswer(f"{query} gives {len(series)} series, and one is wanted")
    values = np.full(int((until - begin) // step) + 1, np.nan)
    for one in series:
        values[np.round((one.times - begin) / step).astype(int)] = one.values
    return values
