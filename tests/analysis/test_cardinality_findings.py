"""Which numbers of series are findings, and what values are recognised as."""

from __future__ import annotations

import random
import uuid

import pytest

from codesentinel.analysis.cardinality.explosion import churn_findings, exploding_labels, size_findings
from codesentinel.analysis.cardinality.patterns import PATTERNS, recognised
from codesentinel.model.cardinality import Churn, HeadStatus, LabelSize, LabelUse, Limits, MetricSize
from codesentinel.model.finding import Severity

RNG = random.Random(7)


def hexadecimal(length):
    return "".join(RNG.choice("0123456789abcdef") for _ in range(length))


def many(make):
    return [make() for _ in range(50)]


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (many(lambda: str(uuid.UUID(int=RNG.getrandbits(128)))), "UUIDs"),
        (many(lambda: str(RNG.randrange(1_600_000_000, 1_800_000_000))), "timestamps"),
        (many(lambda: str(RNG.randrange(1_600_000_000_000, 1_800_000_000_000))), "timestamps"),
        (many(lambda: f"2026-11-{RNG.randrange(10, 30)}T10:{RNG.randrange(10, 60)}:00Z"), "timestamps"),
        (many(lambda: f"/users/{RNG.randrange(10**6)}/orders"), "paths with identifiers in them"),
        (many(lambda: f"/cart/{hexadecimal(24)}"), "paths with identifiers in them"),
        (many(lambda: f"/search?q={hexadecimal(4)}"), "paths with identifiers in them"),
        (many(lambda: f"{hexadecimal(5)}@example.com"), "e-mail addresses"),
        (many(lambda: f"shop-web-{hexadecimal(9)}-{hexadecimal(5)}"), "names of pods"),
        (many(lambda: f"10.0.0.{RNG.randrange(256)}:{RNG.randrange(32768, 60999)}"), "addresses with ports of clients"),
        (many(lambda: hexadecimal(40)), "hashes or tokens"),
        (many(lambda: str(RNG.randrange(100, 10**7))), "numbers, most likely identifiers"),
        (many(lambda: f"could not open file {hexadecimal(4)} for reading"), "sentences, such as messages of errors"),
    ],
)  # fmt: skip
def test_what_has_no_end_is_recognised(values, name):
    pattern, share = recognised([*values, "other"])
    assert pattern.name == name
    assert share > 0.9


@pytest.mark.parametrize(
    "values",
    [
        ["GET", "POST", "PUT"],
        ["200", "ok", "error", "timeout"],
        ["/", "/cart", "/checkout", "/users/{id}"],
        ["10.0.0.1:9100", "10.0.0.2:9100", "web-1:8080"],
        ["0.005", "0.01", "0.25", "+Inf"],
        ["eu-west-1", "eu-central-1"],
        ["node_cpu_seconds_total", "up"],
        [],
    ],
)
def test_what_is_bounded_is_not(values):
    assert recognised(values) is None


def test_every_pattern_says_what_to_do():
    assert all(pattern.mend and pattern.name for pattern in PATTERNS)


def status(metrics=(), labels=()):
    return HeadStatus(
        "127.0.0.1:9090",
        20_000,
        tuple(MetricSize(*m) for m in metrics),
        tuple(LabelSize(*one) for one in labels),
        (),
    )


def test_a_label_is_named_with_its_metric_its_pattern_and_what_to_do():
    held = status([("http_requests_total", 15_000)], [("path", 12_000), ("le", 30), ("__name__", 2_000)])
    assert exploding_labels(held, Limits()) == ["path"]
    use = LabelUse("path", "http_requests_total", 11_999, tuple(f"/users/{n}" for n in range(200)))
    (found,) = size_findings(held, {"path": use}, Limits())
    assert (found.id, found.severity) == ("cardinality.label:path", Severity.P2)
    assert found.summary == (
        "The label path has 12000 values, 11999 of them in http_requests_total;"
        " they look like paths with identifiers in them"
    )
    assert "codesentinel.instrument" in found.action
    assert found.evidence["sample"] == ("/users/0", "/users/1", "/users/2")
    assert "regex: http_requests_total\n  action: drop" in found.evidence["metric_relabel_configs"]
    assert found.confidence == 1.0


def test_a_label_that_nobody_looked_at_closer_says_how_to():
    (found,) = size_findings(status(labels=[("user", 1_001)]), {}, Limits())
    assert found.summary == "The label user has 1001 values"
    assert "codesentinel metrics cardinality" in found.action
    assert size_findings(status(labels=[("user", 1_000)]), {}, Limits()) == []
    (found,) = size_findings(status(labels=[("__name__", 10_001)]), {}, Limits())
    assert found.subject == "__name__"


def test_a_metric_without_a_label_that_explodes_is_a_finding_of_its_own():
    (found,) = size_findings(status([("latency_bucket", 15_000), ("up", 10_000)]), {}, Limits())
    assert (found.id, found.evidence["share"]) == ("cardinality.metric:latency_bucket", 0.75)
    assert "15000 series, 75% of all" in found.summary


def test_a_job_that_replaces_its_series_is_found_and_one_that_began_is_not():
    jobs = [
        Churn("began", active=1_500, made_last_hour=1_500, made_last_day=1_500),
        Churn("small", active=10, made_last_hour=900, made_last_day=900),
        Churn("churns", active=2_000, made_last_hour=4_001, made_last_day=50_000),
        Churn("gone", active=0, made_last_hour=1_001, made_last_day=2_000),
    ]
    found = churn_findings(jobs, status(), Limits())
    assert [one.subject for one in found] == ["churns", "gone"]
    assert found[0].evidence["made_last_day"] == 50_000
