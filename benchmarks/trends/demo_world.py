"""Days of a shop and its host, scrape by scrape, as the demo's programs expose them; a trouble at the end.

What is drawn is drawn once for a seed: with a trouble and without it a world is the same until it begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import lfilter

from codesentinel.model.series import Series

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY, HOUR = 86400.0, 3600.0
MIDNIGHT = 1_789_948_800.0  # 2026-09-21
TROUBLE_AT = MIDNIGHT + 3 * DAY + HOUR
END = TROUBLE_AT + 2 * HOUR
TROUBLES = ("load at night", "traffic drops", "errors double", "slow leak", "job missing")

SHOP = {"service": "shop", "environment": "demo", "instance": "127.0.0.1:8710", "job": "shop"}
HOST = {"instance": "127.0.0.1:9100", "job": "node-exporter"}
GROUP = {"instance": "127.0.0.1:8701", "job": "codesentinel", "group": "shop"}
JOB = {"service": "shop", "environment": "demo", "job_name": "reindex"}
REQUESTS_PER_SECOND, FAILED, CPUS = 20.0, 0.005, 2
ROUTES = (("GET", "/products/{product}", 0.7), ("POST", "/checkout", 0.3))
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
_MEDIAN_SECONDS, _SPREAD = 0.02, 0.8
_HISTOGRAM = "http_server_request_duration_seconds"


class World:
    """One seed's draws; ``rhythm`` is by how much traffic falls at night and rises by day."""

    def __init__(self, seed: int, *, scrape_seconds: float, rhythm: float) -> None:
        self._step = scrape_seconds
        self._chance = chance = np.random.default_rng(seed)
        self._times = np.arange(MIDNIGHT + chance.random() * scrape_seconds, END, scrape_seconds)
        self._count = count = len(self._times)
        day = 1 - rhythm * np.cos(2 * np.pi * (self._times - MIDNIGHT) / DAY)
        self._requests = {
            (method, route): chance.poisson(REQUESTS_PER_SECOND * share * scrape_seconds * day)
            for method, route, share in ROUTES
        }
        self._kept = {key: chance.binomial(asked, 0.7) for key, asked in self._requests.items()}
        self._fails, self._more = (
            {key: chance.binomial(asked, FAILED) for key, asked in self._requests.items()} for _ in range(2)
        )
        busy = 0.12 + 0.08 * day + self._wandering(0.7, 0.02, every=60) + chance.normal(0, 0.03, count)
        for start in chance.integers(0, count, int((END - MIDNIGHT) / HOUR)):  # what runs now and then
            length = int(chance.uniform(15, 60) / scrape_seconds) + 1
            busy[start : start + length] += chance.uniform(0.05, 0.3)
        self._busy = busy
        self._resident = 2e8 * (1 + self._wandering(0.9, 0.003, every=60))
        self._available = 0.6 + self._wandering(0.95, 0.002, every=60)
        self._disk = np.clip(0.03 + self._wandering(0.5, 0.01, every=30), 0.001, 1)
        self._received = chance.gamma(4, 500, count) * day
        self._answered = chance.random(count) > 1 / 1000  # one scrape in a thousand fails
        starts = np.arange(MIDNIGHT - HOUR, END, HOUR)
        self._ends = starts + 30 + chance.gamma(4, 5, len(starts))
        self._splits = chance.integers(0, 2**32, 4)

    def series(self, trouble: str = "", since: float = MIDNIGHT) -> Iterator[Series]:
        """Everything that is scraped from ``since`` on."""
        on = self._times >= TROUBLE_AT
        kept = (self._times >= since) & self._answered
        for labels, values in self._columns(trouble, on):
            yield Series(labels, self._times[kept], np.asarray(values, dtype=float)[kept])

    def _columns(self, trouble: str, on: np.ndarray) -> Iterator[tuple[dict[str, str], np.ndarray]]:
        yield from self._service(trouble, on)
        busy = np.clip(self._busy + 0.4 * (on & (trouble == "load at night")), 0.01, 0.99)
        for cpu in range(CPUS):
            for mode, share in (("idle", 1 - busy), ("user", busy)):
                labels = {**HOST, "cpu": str(cpu), "mode": mode}
                yield self._named("node_cpu_seconds_total", labels, np.cumsum(share * self._step))
        keep = np.exp(-self._step / 60)
        yield self._named("node_load1", HOST, lfilter([1 - keep], [1, -keep], busy * CPUS * 1.1))
        yield self._named("node_memory_MemTotal_bytes", HOST, np.full(self._count, 8e9))
        yield self._named("node_memory_MemAvailable_bytes", HOST, 8e9 * self._available)
        seconds = np.cumsum(self._disk * self._step)
        yield self._named("node_disk_io_time_seconds_total", {**HOST, "device": "vda"}, seconds)
        for name, factor in (("receive", 1.0), ("transmit", 2.5)):
            counted = np.cumsum(np.round(factor * self._received * self._step))
            yield self._named(f"node_network_{name}_bytes_total", {**HOST, "device": "eth0"}, counted)
        hours = np.where(on & (trouble == "slow leak"), (self._times - TROUBLE_AT) / HOUR, 0.0)
        resident = self._resident + 0.05 * 2e8 * hours
        yield self._named("codesentinel_process_resident_memory_bytes", GROUP, resident)
        last = self._ends[np.searchsorted(self._ends, self._times) - 1]
        if trouble == "job missing":
            last = np.minimum(last, self._ends[np.searchsorted(self._ends, TROUBLE_AT) - 1])
        yield self._named("codesentinel_job_last_success_timestamp_seconds", JOB, last)

    def _service(self, trouble: str, on: np.ndarray) -> Iterator[tuple[dict[str, str], np.ndarray]]:
        """Counters of requests, their seconds, and their histogram, by route and status."""
        splits = iter(self._splits)
        logs = (np.log(BOUNDS) - np.log(_MEDIAN_SECONDS)) / _SPREAD
        below = 1 / (1 + np.exp(-1.702 * logs))
        shares = np.diff(np.concatenate(([0.0], below, [1.0])))
        for key, asked in self._requests.items():
            fails = self._fails[key] + np.where(on & (trouble == "errors double"), self._more[key], 0)
            came = np.where(on & (trouble == "traffic drops"), self._kept[key], asked)
            fails = np.minimum(fails, came)
            for status, new in (("200", came - fails), ("500", fails)):
                labels = {
                    **SHOP,
                    "http_request_method": key[0],
                    "http_route": key[1],
                    "http_response_status_code": status,
                }
                chance = np.random.default_rng(next(splits))
                in_bucket = chance.multinomial(new, shares)
                yield self._named(f"{_HISTOGRAM}_count", labels, np.cumsum(new))
                counted = np.cumsum(np.cumsum(in_bucket, axis=1), axis=0)
                for at, bound in enumerate((*BOUNDS, "+Inf")):
                    yield self._named(f"{_HISTOGRAM}_bucket", {**labels, "le": str(bound)}, counted[:, at])

    def _named(
        self, name: str, labels: dict[str, str], values: np.ndarray
    ) -> tuple[dict[str, str], np.ndarray]:
        return {"__name__": name, **labels}, values

    def _wandering(self, memory: float, noise: float, *, every: float) -> np.ndarray:
        """Noise that remembers, a new value every so many seconds."""
        length = max(round(every / self._step), 1)
        drawn = self._chance.normal(0, noise, -(-self._count // length))
        return np.repeat(lfilter([1], [1, -memory], drawn), length)[: self._count]
