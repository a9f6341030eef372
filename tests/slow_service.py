"""Two and a half minutes of a service whose dependency is slow at times, as a storage holds them."""

from __future__ import annotations

import json
import urllib.request

import numpy as np

N = 150
OWN = {"job": "shop", "instance": "10.0.0.7:8710"}
NODE = {"job": "node", "instance": "10.0.0.7:9100"}
OTHER = {"job": "node", "instance": "10.0.0.8:9100"}
HOSTILE = "stock\x1b[31m\n[OK] <script>"


def counter(per_second):
    return np.cumsum(per_second)


def rows(chance, service, *, slow):
    """The series of one service of 30 ms, whose dependency takes 60 ms more while it is slow."""
    fault = np.zeros(N)
    if slow:
        for begin in range(20, N, 20):
            fault[begin : begin + int(chance.integers(6, 13))] = 1
    load = 25 + 6 * np.sin(np.arange(N) / 5) + chance.standard_normal(N)
    latency = (0.03 + 0.06 * fault) * (1 + 0.02 * chance.standard_normal(N))
    http = {**OWN, "service": service, "http_route": "/order", "http_response_status_code": "200"}
    name = "http_server_request_duration_seconds"
    yield {**http, "__name__": f"{name}_count"}, counter(load)
    yield {**http, "__name__": f"{name}_sum"}, counter(load * latency)
    for bound, share in (("0.05", 1 - fault), ("0.1", np.ones(N)), ("+Inf", np.ones(N))):
        yield {**http, "__name__": f"{name}_bucket", "le": bound}, counter(load * share)
    yield {**OWN, "__name__": "http_server_active_requests", "service": service}, load * latency
    wait = {**OWN, "service": service, "server_address": HOSTILE}
    spent = (0.02 + 0.06 * fault) * load * (1 + 0.02 * chance.standard_normal(N))
    yield {**wait, "__name__": "http_client_request_duration_seconds_sum"}, counter(spent)
    yield {**OWN, "__name__": "process_cpu_seconds_total"}, counter(0.1 + 0.01 * chance.random(N))
    yield {**NODE, "__name__": "node_load1"}, 1 + 0.1 * chance.random(N)
    yield {**NODE, "__name__": "node_cpu_seconds_total", "mode": "idle"}, counter(np.full(N, 0.8))
    yield {**OTHER, "__name__": "node_load1"}, 90 + chance.random(N)


def write(url, start, **services):
    """Write the series of each service, on a host of its own, from ``start`` on (epoch seconds)."""
    chance = np.random.default_rng(1)
    lines = []
    for service, slow in services.items():
        for labels, values in rows(chance, service, slow=slow):
            own = {**labels, "instance": labels["instance"].replace("10.0.0.7", f"{service}-host")}
            times = [1000 * (start + second) for second in range(N)]
            lines.append(json.dumps({"metric": own, "values": values.tolist(), "timestamps": times}))
    request = urllib.request.Request(f"{url}/api/v1/import", "\n".join(lines).encode())
    urllib.request.urlopen(request, timeout=60).close()
