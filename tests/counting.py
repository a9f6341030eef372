"""What the metrics of a registry say."""

from __future__ import annotations

ACTIVE = "http_server_active_requests"
_DURATION = "http_server_request_duration_seconds"


def samples(registry, name):
    """All samples of this name."""
    return [s for metric in registry.collect() for s in metric.samples if s.name == name]


def series(registry, name, *labels):
    """The values of the labels named, else of those that tell requests apart, to the sum of the samples."""
    found = {}
    for sample in samples(registry, name):
        names = labels or [n for n in sample.labels if n not in ("service", "environment", "version")]
        key = tuple(sample.labels[n] for n in names)
        found[key] = found.get(key, 0) + sample.value
    return found


def counts(registry):
    """(route, method, status) to the number of requests."""
    return series(registry, f"{_DURATION}_count")


def seconds(registry):
    """How long all requests took together."""
    return sum(s.value for s in samples(registry, f"{_DURATION}_sum"))


def overflows(registry):
    """How many requests came with one route too many."""
    return sum(s.value for s in samples(registry, "codesentinel_instrument_route_overflow_total"))
