"""Asking a Prometheus or a VictoriaMetrics how many series it holds, and of what."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from codesentinel.capture.http_json import get_json
from codesentinel.capture.prometheus import PrometheusClient
from codesentinel.model.cardinality import Churn, HeadStatus, LabelSize, LabelUse, MetricSize, PairSize
from codesentinel.model.errors import BadAnswer
from codesentinel.model.samples import NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_STATUS = "/api/v1/status/tsdb"
_TOP = 20
_SAMPLE = 200
_MADE = "sum by (job) (sum_over_time(scrape_series_added[{}]))"
_ACTIVE = "sum by (job) (scrape_samples_post_metric_relabeling)"


def head_status(url: str, *, timeout_seconds: float) -> HeadStatus:
    """What the server says of the series that it writes to; one cheap request.

    Raises:
        Unreachable, BadAnswer: it does not say.
    """
    shown = url.rpartition("@")[2].rstrip("/")
    parameters: dict[str, str | float] = {
        "limit": _TOP,
        "topN": _TOP,
    }  # Prometheus' word, VictoriaMetrics' word
    answer = get_json(url.rstrip("/"), _STATUS, parameters, timeout_seconds=timeout_seconds)
    try:
        data = answer["data"]
        series = data["headStats"]["numSeries"] if "headStats" in data else data["totalSeries"]
        return HeadStatus(
            shown,
            int(series),
            tuple(MetricSize(*row) for row in _rows(data["seriesCountByMetricName"])),
            tuple(LabelSize(*row) for row in _rows(data["labelValueCountByLabelName"])),
            tuple(_pair(*row) for row in _rows(data["seriesCountByLabelValuePair"])),
        )
    except (KeyError, TypeError, ValueError) as exc:
        raise BadAnswer(
            f"{shown}{_STATUS} answered with JSON that is not Prometheus' API",
            hint="only Prometheus and VictoriaMetrics tell this",
        ) from exc


def churn(url: str, *, timeout_seconds: float) -> tuple[Churn, ...]:
    """The series that each job makes, by what Prometheus counts at every scrape.

    Raises:
        Unreachable, BadAnswer: the server does not say.
    """
    ask = PrometheusClient(url, timeout_seconds=timeout_seconds).instant
    active = _by_job(ask(_ACTIVE))
    hour, day = (_by_job(ask(_MADE.format(window))) for window in ("1h", "1d"))
    return tuple(Churn(job, active.get(job, 0), hour.get(job, 0), made) for job, made in sorted(day.items()))


def label_use(url: str, label: str, *, timeout_seconds: float) -> LabelUse | None:
    """The metric in which a label has most series, and some of its values there; None where there is none.

    Raises:
        Unreachable, BadAnswer: the server does not say.
    """
    client = PrometheusClient(url, timeout_seconds=timeout_seconds)
    rows = client.instant(f'topk(1, count by ({NAME}) ({{{label}!=""}}))')
    if not rows:
        return None
    metric = rows[0][0].get(NAME, "")
    match = f"{{{NAME}={json.dumps(metric, ensure_ascii=False)}}}"
    answer = get_json(
        url.rstrip("/"),
        f"/api/v1/label/{quote(label, safe='')}/values",
        {"match[]": match},
        timeout_seconds=timeout_seconds,
    )
    try:
        values = [str(value) for value in answer["data"]]
    except (KeyError, TypeError) as exc:
        raise BadAnswer(f"{client.shown} answered the values of {label} with something else") from exc
    step = max(len(values) // _SAMPLE, 1)
    return LabelUse(label, metric, len(values), tuple(values[::step][:_SAMPLE]))


def _rows(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, int]]:
    found = [(str(row["name"]), int(row.get("value", row.get("count")))) for row in rows]
    return sorted(found, key=lambda row: (-row[1], row[0]))


def _pair(name: str, series: int) -> PairSize:
    label, _, value = name.partition("=")
    return PairSize(label, value, series)


def _by_job(rows: Iterable[tuple[Mapping[str, str], float]]) -> dict[str, int]:
    return {labels.get("job", ""): round(value) for labels, value in rows}
