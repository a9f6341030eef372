"""The unit tests of the rules hold in VictoriaMetrics, too, and what is recorded there is the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from codesentinel.model.duration import parse_duration
from promtool_series import input_series
from two_engines import Span, both, evaluated, fires, rules_of

pytestmark = [pytest.mark.xdist_group("metricsql"), pytest.mark.timeout(300)]

FOLDER = Path(__file__).parents[2] / "infrastructure" / "prometheus" / "tests"
FILES = {path: yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yml"))}
FILES = {path: document for path, document in FILES.items() if "tests" in document}
ORDER = [(path, test["name"]) for path, document in FILES.items() for test in document["tests"]]
FIRST = 315_532_800.0
APART = 100 * 86400.0
"""Cases stand apart by more than the longest window of a rule."""
WARM_SECONDS = 330.0
"""Until its window is full, MetricsQL's rate() is of what was seen so far, and Prometheus' rises slowly."""

OVER_TIME = re.compile(r"(30m|[126]h|[13]d|30d|burn_rate:ratio|remaining:ratio|up:avg)$")
ONE_SAMPLE = 1 / 30
"""The weight of the sample at the left end of a window: Prometheus 2 counts it, MetricsQL does not."""

EARLIER = {("a page for latency comes after two minutes, and its ticket only after ten", "4m")}
"""Alerts that VictoriaMetrics has two minutes before Prometheus, because the traffic began with the case."""
RECORDING = {"hosts", "overview", "services", "slo", "trends", "uptime"}


@pytest.fixture(scope="module")
def engines(tmp_path_factory):
    with both(tmp_path_factory.mktemp("engines")) as pair:
        yield pair


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_rule_gives_in_victoriametrics_what_it_gives_in_prometheus(path, engines):
    document = FILES[path]
    rules = rules_of([yaml.safe_load((path.parent / name).read_text()) for name in document["rule_files"]])
    step = parse_duration(document["evaluation_interval"])
    compared = 0
    for test in document["tests"]:
        series = input_series(test)
        moments = [parse_duration(case["eval_time"]) for case in test.get("alert_rule_test", ())]
        length = max([*moments, *(sample.seconds for _, samples in series for sample in samples)])
        span = Span(FIRST + ORDER.index((path, test["name"])) * APART, length, step)
        answers = []
        for engine in engines:
            if series:
                engine.take(series, span.epoch)
            answers.append(evaluated(engine, rules, {labels["__name__"] for labels, _ in series}, span))
        prometheus, victoria = answers
        for case in test.get("alert_rule_test", ()):
            expected = sorted(sorted(one["exp_labels"].items()) for one in case["exp_alerts"] or ())
            where = (test["name"], case["eval_time"])
            assert firing(rules, prometheus, case, step) == expected, where
            assert (firing(rules, victoria, case, step) == expected) != (where in EARLIER), where
        for rule, ours, theirs in zip(rules, prometheus, victoria, strict=True):
            if not rule.is_alert:
                compared += same(rule.name, ours, theirs, step)
    assert compared or path.stem not in RECORDING


def firing(rules, answers, case, step):
    """The labels of the alerts of this name that fire at the moment of a case."""
    at = parse_duration(case["eval_time"]) // step * step
    return sorted(
        sorted((dict(labels) | rule.labels).items())
        for rule, answer in zip(rules, answers, strict=True)
        if rule.is_alert and rule.name == case["alertname"]
        for labels, held in answer.items()
        if fires(rule, held, at, step)
    )


def same(name, ours, theirs, step):
    """How many values of theirs are no further from ours than a sample weighs; where ours is steady, they are the same."""
    count = 0
    for labels in ours.keys() | theirs.keys():
        mine, other = ours.get(labels, {}), theirs.get(labels, {})
        for one, beside in ((mine, other), (other, mine)):
            for at in one:
                if at >= WARM_SECONDS:
                    assert any(at + way * step in beside for way in (-1, 0, 1)), (name, labels, at)
        for at, value in other.items():
            around = [mine[at + way * step] for way in (-1, 0, 1) if at + way * step in mine]
            if at >= WARM_SECONDS and len(around) == 3:
                share = ONE_SAMPLE if OVER_TIME.search(name) else 1e-6
                room = max(around) - min(around) + share * max(map(abs, around)) + 1e-12
                assert min(around) - room <= value <= max(around) + room, (name, labels, at, value, around)
                count += 1
    return count
