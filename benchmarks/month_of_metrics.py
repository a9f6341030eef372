"""A month of metrics as our services, hosts and targets expose them, drawn from a seed."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from codesentinel.model.series import Series

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTS, CPUS, MOUNTS = 8, 4, ("/", "/var")
MODES = ("idle", "user", "system", "iowait", "irq", "softirq", "steal", "nice")
SERVICES, INSTANCES = 10, 2
ROUTES, STATUSES = ("/", "/checkout"), ("200", "500")
BOUNDS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
"""OpenTelemetry's."""
ATTACKED = ("kill-safety", "event-log", "web")
WATCHED = ("requests per second", "busy share of CPUs", "load per CPU")

_HISTOGRAM = "http_server_request_duration_seconds"
_DAY = 86400


def month(times: np.ndarray, seed: int = 7) -> Iterator[Series]:
    """What targets, services, hosts and codesentinel expose: 1,736 series that live at the end."""
    chance = np.random.default_rng(seed)
    for source in (_targets, _services, _hosts):
        yield from source(times, chance)


def others(times: np.ndarray, count: int, seed: int = 8) -> Iterator[Series]:
    """Gauges that no page asks for."""
    chance = np.random.default_rng(seed)
    for number in range(count):
        labels = {"job": "other", "instance": f"i{number % 20}", "number": str(number)}
        yield _gauge("other_gauge", labels, times, np.round(chance.random(len(times)), 3))


def _targets(times: np.ndarray, chance: np.random.Generator) -> Iterator[Series]:
    for service, instance in product(range(SERVICES), range(INSTANCES)):
        labels = _service(service, instance)
        yield _gauge("up", labels, times, (chance.random(len(times)) > 2e-4).astype(float))
    for host in range(HOSTS):
        yield _gauge("up", _host(host), times, np.ones(len(times)))
    for alert in range(5):  # a few that fire for an hour
        start = int(chance.integers(0, len(times) - 1))
        fired = times[start : start + max(int(3600 / (times[1] - times[0])), 1)]
        labels = {"alertname": f"Alert{alert}", "alertstate": "firing", "severity": "P2", "service": "s1"}
        yield Series({"__name__": "ALERTS", **labels}, fired, np.ones(len(fired)))
    for what in WATCHED:
        strange = (chance.random(len(times)) < 1e-3).astype(float)
        yield _gauge("codesentinel_trend_anomalies", {"instance": "c:8701", "what": what}, times, strange)
    for target in ATTACKED:
        where = {"instance": "c:8701", "target": target}
        yield _gauge("codesentinel_calamum_last_run_timestamp_seconds", where, times, times - times % _DAY)
        for outcome in ("held", "failed", "broken", "skipped"):
            held = np.full(len(times), 5.0 if outcome == "held" else 0.0)
            yield _gauge("codesentinel_calamum_cases", where | {"outcome": outcome}, times, held)


def _services(times: np.ndarray, chance: np.random.Generator) -> Iterator[Series]:
    day = 1 + 0.6 * np.sin(2 * np.pi * times / _DAY)
    step = times[1] - times[0]
    share = np.diff(np.concatenate(([0.0], 1 - np.exp(-np.array(BOUNDS_SECONDS) / 0.06), [1.0])))
    for service, instance in product(range(SERVICES), range(INSTANCES)):
        where = _service(service, instance)
        for route, status in product(ROUTES, STATUSES):
            labels = {
                **where,
                "http_route": route,
                "http_request_method": "GET",
                "http_response_status_code": status,
            }
            rate = (5.0 if status == "200" else 0.05) * (1 + service)
            new = chance.poisson(rate * step * day)
            yield _gauge(f"{_HISTOGRAM}_count", labels, times, np.cumsum(new))
            yield _gauge(f"{_HISTOGRAM}_sum", labels, times, np.cumsum(new * 0.06))
            for bound, below in zip((*BOUNDS_SECONDS, "+Inf"), np.cumsum(share), strict=True):
                bucket = {**labels, "le": str(bound)}
                yield _gauge(f"{_HISTOGRAM}_bucket", bucket, times, np.cumsum(np.round(new * below)))
        yield _gauge("http_server_active_requests", where, times, chance.poisson(3 * day).astype(float))


def _hosts(times: np.ndarray, chance: np.random.Generator) -> Iterator[Series]:
    step = times[1] - times[0]
    for host in range(HOSTS):
        where = _host(host)
        for cpu, mode in product(range(CPUS), MODES):
            used = chance.random(len(times)) * step * (0.8 if mode == "idle" else 0.03)
            yield _gauge(
                "node_cpu_seconds_total", {**where, "cpu": str(cpu), "mode": mode}, times, np.cumsum(used)
            )
        total = np.full(len(times), 16e9)
        yield _gauge("node_memory_MemTotal_bytes", where, times, total)
        free = 4e9 + 4e9 * chance.random(len(times))
        yield _gauge("node_memory_MemAvailable_bytes", where, times, np.round(free))
        for mount in MOUNTS:
            disk = {
                **where,
                "mountpoint": mount,
                "fstype": "ext4",
                "device": f"/dev/{mount.strip('/') or 'root'}",
            }
            yield _gauge("node_filesystem_size_bytes", disk, times, total * 10)
            yield _gauge("node_filesystem_avail_bytes", disk, times, np.round(free * 10))
            yield _gauge("node_filesystem_readonly", disk, times, np.zeros(len(times)))


def _service(service: int, instance: int) -> dict[str, str]:
    where = {"service": f"s{service}", "environment": "production", "version": "1"}
    return {**where, "job": f"s{service}", "instance": f"s{service}-{instance}:80"}


def _host(host: int) -> dict[str, str]:
    return {"job": "node-exporter", "instance": f"h{host}:9100"}


def _gauge(name: str, labels: dict[str, str], times: np.ndarray, values: np.ndarray) -> Series:
    return Series({"__name__": name, **labels}, times, values.astype(float))
