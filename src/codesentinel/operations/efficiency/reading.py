"""What a server knows of a service: how it does, its processes, its host, and what tells of causes."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.analysis.efficiency.bottleneck.evidence import Measured
from codesentinel.analysis.efficiency.bottleneck.table import CANDIDATES
from codesentinel.analysis.efficiency.bottleneck.troubles import Service
from codesentinel.model.bottleneck import Red
from codesentinel.model.errors import NoData

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from codesentinel.capture.history import HistoryReader
    from codesentinel.capture.prometheus import PrometheusClient
    from codesentinel.mixin.http_names import HttpNames
    from codesentinel.model.series import Series

    Floats = NDArray[np.float64]

_MOST_MOMENTS = 360
_MOST_SIBLINGS = 20
_LOOKED_AT_SECONDS = 3600.0
_NOTHING = 'job="",instance=""'


class Where(NamedTuple):
    """Matchers that select a service, its own processes, and its host; and how many processes those are."""

    service: str
    target: str
    host: str
    processes: int


class Window(NamedTuple):
    """Moments from ``start`` to ``end`` every ``step_seconds``; rates are over ``rate_seconds``."""

    start: float
    end: float
    step_seconds: float
    rate_seconds: float

    @property
    def times(self) -> Floats:
        """The moments."""
        count = int((self.end - self.start) / self.step_seconds + 1e-6) + 1
        return np.linspace(self.start, self.start + self.step_seconds * (count - 1), count)


def quoted(value: str) -> str:
    """The value as a string of PromQL."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def find(
    client: PrometheusClient, names: HttpNames, wanted: tuple[str, str], start: float, end: float
) -> Where:
    """Where the service, in its environment if one is named, and its host are found.

    Raises:
        NoData: no such service was seen in the span.
    """
    service, environment = wanted
    matchers = f"{names.service}={quoted(service)}"
    if environment and names.environment:
        matchers += f",{names.environment}={quoted(environment)}"
    over = f"{max(math.ceil(end - start), 60)}s"
    rows = client.at(f"group by (job, instance) (last_over_time({names.count(matchers)}[{over}]))", end)
    if not rows:
        raise NoData(
            f"{client.shown} has no requests of a service {service} in this window",
            hint=f"see `codesentinel metrics query 'count by ({names.service}) ({names.count()})'`",
        )
    targets = sorted({(labels.get("job", ""), labels.get("instance", "")) for labels, *_ in rows})
    nodes = client.at(f"group by (instance) (last_over_time(node_load1[{over}]))", end)
    return Where(
        matchers,
        f"job=~{quoted(_any(job for job, _ in targets))},instance=~{quoted(_any(one for _, one in targets))}",
        _host({labels.get("instance", "") for labels, *_ in nodes}, {_name(one) for _, one in targets}),
        len(targets),
    )


def _host(nodes: set[str], hosts: set[str]) -> str:
    own = {node for node in nodes if _name(node) in hosts} or (nodes if len(nodes) == 1 else set())
    return f"instance=~{quoted(_any(sorted(own)))}" if own else _NOTHING


def _name(instance: str) -> str:
    return instance.rpartition(":")[0] or instance


def _any(values: Iterable[str]) -> str:
    return "|".join(re.escape(one).replace("\\-", "-") for one in dict.fromkeys(values))


def window(client: PrometheusClient, names: HttpNames, where: Where, start: float, end: float) -> Window:
    """Steps as fine as the service is scraped, but at most a few hundred; rates over two scrapes or more.

    The window of a service that is younger begins with it: else its steps would be those of a longer time.
    """
    looked = min(end - start, _LOOKED_AT_SECONDS)
    stored = [one for one in client.samples(names.count(where.service), looked, at=end) if len(one) > 2]
    scrape = min((float(np.median(np.diff(one.times))) for one in stored), default=15.0)
    if stored and looked == end - start:
        start = max(start, min(float(one.times[0]) for one in stored))
    step = max(round(scrape, 1), math.ceil((end - start) / _MOST_MOMENTS))
    first = math.ceil(start / step) * step
    return Window(first, end, step, max(2.2 * scrape, step + 1.2 * scrape))


class Reading:
    """Asks one server about one service in one window."""

    def __init__(self, reader: HistoryReader, names: HttpNames, where: Where, span: Window) -> None:
        self._reader, self._names, self._where, self._span = reader, names, where, span
        self._rate = f"{round(1000 * span.rate_seconds)}ms"

    def service(self) -> Service:
        """How it did.

        Raises:
            NoData: fewer than two moments are known.
        """
        names, own = self._names, self._where.service
        count = f"sum(rate({names.count(own)}[{self._rate}]))"
        failed = f"sum(rate({names.count(own, names.is_failed)}[{self._rate}]))"
        load = self._one(count)
        if np.isfinite(load).sum() < 2:
            raise NoData(
                "the service was hardly asked in this window", hint="give a longer one: --from 1h, say"
            )
        return Service(
            times=self._span.times,
            latency=self._one(f"sum(rate({names.seconds(own)}[{self._rate}])) / ({count} > 0)"),
            errors=self._one(f"({failed} or {count} * 0) / ({count} > 0)"),
            load=load,
            active=self._one(f"sum({names.active}{{{own}}})") if names.active else np.full(len(load), np.nan),
        )

    def measured(self, told: Callable[[float], None]) -> list[Measured]:
        """Every series of every candidate that the server has."""
        found = []
        for number, candidate in enumerate(CANDIDATES):
            query = (
                candidate.query.replace("$target", self._where.target)
                .replace("$service", self._where.service)
                .replace("$host", self._where.host)
                .replace("$window", self._rate)
            )
            for series in self._read(query)[:_MOST_SIBLINGS]:
                subject = " ".join(
                    series.labels[name] for name in sorted(series.labels) if name != "__name__"
                )
                values = self._on_grid(series)
                if np.isfinite(values).any():
                    found.append(Measured(candidate._replace(query=query), subject, values))
            told((number + 1) / len(CANDIDATES))
        return found

    def _read(self, query: str) -> list[Series]:
        return self._reader.read(query, self._span.start, self._span.end, self._span.step_seconds)

    def _one(self, query: str) -> Floats:
        found = self._read(query)
        return self._on_grid(found[0]) if found else np.full(len(self._span.times), np.nan)

    def _on_grid(self, series: Series) -> Floats:
        times = self._span.times
        values = np.full(len(times), np.nan)
        place = np.rint((series.times - self._span.start) / self._span.step_seconds).astype(np.intp)
        inside = (place >= 0) & (place < len(times)) & np.isfinite(series.values)
        values[place[inside]] = series.values[inside]
        return values


def red(client: PrometheusClient, names: HttpNames, where: Where, span: Window) -> list[Red]:
    """Rate, errors and durations of each route over the whole window, busiest first."""
    over = f"[{max(math.ceil(span.end - span.start), 1)}s]"

    def by_route(query: str) -> dict[str, float]:
        rows = client.at(query, span.end)
        return {labels.get(names.route, ""): value for labels, _, value in rows if math.isfinite(value)}

    rate = by_route(f"sum by ({names.route}) (rate({names.count(where.service)}{over}))")
    failed = by_route(f"sum by ({names.route}) (rate({names.count(where.service, names.is_failed)}{over}))")
    buckets = f"sum by (le, {names.route}) (rate({names.buckets(where.service)}{over}))"
    p50, p95 = (by_route(f"histogram_quantile({share}, {buckets})") for share in (0.5, 0.95))
    return [
        Red(route, asked, failed.get(route, 0.0) / asked, p50.get(route), p95.get(route))
        for route, asked in sorted(rate.items(), key=lambda row: -row[1])
        if asked > 0
    ]
