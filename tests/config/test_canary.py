"""``canary.yaml`` is read strictly."""

from __future__ import annotations

import pytest

from codesentinel.config.canary import read_canary
from codesentinel.model.canary import CanaryMetric
from codesentinel.model.errors import ConfigurationError

WHOLE = """
alpha: 0.01
block: 30s
warm_up: 3m
minimum_requests: 500
deadline: 45m
instance: pod
rollout: {what: is read elsewhere}
metrics:
  - name: latency
    kind: latency
    histogram: http_server_request_duration_seconds{http_route="/buy"}
    quantiles: [0.99, 0.5]
    noise: 0.1
    late: true
    margin: {relative: 0.1, absolute: 0.002}
    critical: false
    weight: 2
  - name: errors
    kind: errors
    errors: requests_total{code=~"5.."}
    requests: requests_total
    direction: either
  - name: cpu
    kind: resource
    amount: process_cpu_seconds_total
    requests: requests_total
    margin: {absolute: 3}
"""


def read(tmp_path, text):
    path = tmp_path / "canary.yaml"
    path.write_text(text)
    return read_canary(path, "canary.yaml")


def test_all_that_may_be_said_is_read(tmp_path):
    config = read(tmp_path, WHOLE)

    assert (config.alpha, config.block_seconds, config.warm_up_seconds) == (0.01, 30.0, 180.0)
    assert (config.minimum_requests, config.deadline_seconds, config.instance_label) == (500.0, 2700.0, "pod")
    latency, errors, cpu = config.metrics
    assert latency == CanaryMetric(
        name="latency",
        kind="latency",
        events='http_server_request_duration_seconds{http_route="/buy"}',
        relative_margin=0.1,
        absolute_margin=0.002,
        critical=False,
        weight=2.0,
        quantiles=(0.5, 0.99),
        noise=0.1,
        late=True,
    )
    assert (errors.events, errors.requests) == ('requests_total{code=~"5.."}', "requests_total")
    assert (errors.direction, errors.relative_margin, errors.quantiles) == ("either", 0.25, ())
    assert (cpu.events, cpu.absolute_margin) == ("process_cpu_seconds_total", 3.0)


def test_all_mistakes_are_told_together(tmp_path):
    with pytest.raises(ConfigurationError) as told:
        read(
            tmp_path,
            """
            alpha: 0
            blok: 1m
            deadline: 1m
            warm_up: 1m
            metrics:
              - name: a
                kind: latency
                errors: x
                direction: up
                quantiles: [95]
              - name: a
                kind: errors
                errors: [x]
                margin: {absolute: 2, relativ: 1}
                critical: maybe
              - 7
            """,
        )

    assert told.value.problems == (
        "unknown key 'blok' (did you mean block?)",
        "metrics a: unknown key 'errors'",
        "metrics a: histogram: is missing",
        "metrics a: direction: should not be 'up'; one of increase, decrease, either",
        "metrics a: quantiles: should be a list of numbers between 0 and 1, not [95]",
        "metrics a: margin: unknown key 'relativ' (did you mean relative?)",
        "metrics a: errors: should be text, not ['x']",
        "metrics a: requests: is missing",
        "metrics a: margin: absolute: should lie between 0 and 1, not 2",
        "metrics a: critical: should be true or false, not 'maybe'",
        "metrics 3: should be a mapping",
        "metrics: 'a' is there twice",
        "alpha: should lie strictly between 0 and 0.5, not 0",
        "deadline: should be later than the end of warm_up",
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("metrics: []", "metrics: should be a list with at least one metric"),
        ("- 1", "should be a mapping with the key metrics"),
        ("a: [", "not valid YAML"),
        (
            "metrics: [{name: a, kind: latency, histogram: h, weight: 0}]",
            "at least one needs a weight above 0",
        ),
        (
            "metrics: [{name: a, kind: wrong}]",
            "kind: should not be 'wrong'; one of latency, errors, resource",
        ),
        ("alpha: true\nmetrics: [{name: a, kind: latency, histogram: h}]", "alpha: should lie strictly"),
        ("block: soon\nmetrics: [{name: a, kind: latency, histogram: h}]", "block: should lie between"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, told):
    with pytest.raises(ConfigurationError) as refused:
        read(tmp_path, text)
    assert told in refused.value.message


def test_a_file_that_is_missing_is_told(tmp_path):
    with pytest.raises(ConfigurationError, match=r"no\.yaml:\n  cannot be read: No such file"):
        read_canary(tmp_path / "no.yaml", "no.yaml")
