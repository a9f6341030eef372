"""Days of the recordings of a shop and its host, as the demo makes them, with a trouble in them."""

from __future__ import annotations

import numpy as np

from codesentinel.model.series import Series

DAY = 86400.0
MIDNIGHT = 1_789_948_800.0  # 2026-09-21
MINUTES = 3 * 1440 + 240
TROUBLE_AT = MINUTES - 180  # one o'clock at night
SHOP = {"service": "shop", "environment": "demo"}
HOST = {"instance": "127.0.0.1:9100", "job": "node"}
GROUP = {"instance": "127.0.0.1:8701", "group": "shop"}
REQUESTS = "service:http_server_requests:rate"
ERRORS = "service:http_server_errors_per_request:ratio_rate"
CPU = "instance:node_cpu_busy:ratio_rate"
MEMORY = "codesentinel_process_resident_memory_bytes"
JOB = "codesentinel_job_last_success_timestamp_seconds"


def moment(minutes):
    """So many minutes after the trouble has begun."""
    return MIDNIGHT + 60.0 * (TROUBLE_AT + minutes)


def recordings(trouble="", seed=1):
    """All series, a value each minute; the last three hours with the trouble."""
    chance = np.random.default_rng(seed)
    minutes = np.arange(MINUTES)
    times = MIDNIGHT + 60.0 * minutes
    since = np.maximum(0, minutes - TROUBLE_AT)
    on = minutes >= TROUBLE_AT
    requests = chance.poisson(1200 * np.where(on & (trouble == "traffic drops"), 0.7, 1.0))
    errors = chance.binomial(requests, np.where(on & (trouble == "errors double"), 0.01, 0.005))
    cpu = np.clip(0.2 + wandering(chance, 0.7, 0.02) + 0.4 * (on & (trouble == "load at night")), 0, 1)
    memory = 2e8 * (1 + wandering(chance, 0.9, 0.003)) + (trouble == "slow leak") * since / 60 * 1e7
    hour = minutes // 60 * 60
    last = np.where(on & (trouble == "job missing"), TROUBLE_AT // 60 * 60 - 60, hour)
    latency = 0.05 * np.exp(over_five(chance.normal(0, 0.15, MINUTES)))
    columns = [
        ({"__name__": REQUESTS, **SHOP}, over_five(requests) / 60),
        ({"__name__": ERRORS, **SHOP}, over_five(errors) / over_five(requests)),
        ({"__name__": "service:http_server_request_duration_seconds:p95", **SHOP}, latency),
        ({"__name__": CPU, **HOST}, over_five(cpu)),
        ({"__name__": "instance:node_memory_available:ratio", **HOST}, 0.6 + wandering(chance, 0.99, 0.0005)),
        ({"__name__": "instance:node_load1_per_cpu:ratio", **HOST}, 0.3 + wandering(chance, 0.9, 0.03)),
        ({"__name__": MEMORY, **GROUP}, memory),
        ({"__name__": JOB, "service": "shop", "job_name": "reindex"}, MIDNIGHT + 60.0 * last),
    ]
    return [Series(labels, times, np.asarray(values, dtype=float)) for labels, values in columns]


def over_five(values):
    """The mean of the last five minutes, as recording rules have it."""
    padded = np.concatenate((np.full(4, values[0]), values))
    return np.convolve(padded, np.ones(5) / 5, "valid")


def wandering(chance, memory, noise):
    """Noise that remembers."""
    values, value = np.empty(MINUTES), 0.0
    for at, shock in enumerate(chance.normal(0, noise, MINUTES)):
        value = memory * value + shock
        values[at] = value
    return values
