"""``canary judge --judge kayenta`` on a real server, and the reading of its configuration."""

from __future__ import annotations

import json
import urllib.request

import numpy as np
import pytest

from codesentinel.cli.main import main
from codesentinel.config.kayenta import read_kayenta
from codesentinel.model.errors import ConfigurationError, UsageError
from codesentinel.model.kayenta import Limits
from codesentinel.operations.canary.kayenta import judge_kayenta
from storage import victoria_metrics

BEGIN, MINUTES = 1_790_000_040.0, 40  # a whole minute: the samples lie where they are asked for
END = BEGIN + 60 * (MINUTES - 1)


def metric(name, query, groups=("all",), **canary):
    return {
        "name": name,
        "query": {"type": "prometheus", "serviceType": "prometheus", **query},
        "groups": list(groups),
        "analysisConfigurations": {"canary": canary},
        "scopeName": "default",
    }


CONFIG = {
    "name": "shop",
    "judge": {"name": "NetflixACAJudge-v1.0", "judgeConfigurations": {}},
    "metrics": [
        metric("latency", {"metricName": "seconds", "labelBindings": ['job="shop"']}, direction="increase"),
        metric(
            "memory",
            {"customInlineTemplate": "PromQL:max(bytes{${scope}})"},
            ("other",),
            direction="either",
            effectSize={"allowedIncrease": 1.2, "allowedDecrease": 0.8},
            outliers={"strategy": "remove"},
        ),
    ],
    "classifier": {"groupWeights": {"all": 60, "other": 40}, "scoreThresholds": {"pass": 90, "marginal": 50}},
}


@pytest.fixture(scope="module")
def storage(tmp_path_factory):
    """Versions 1 and 2 are alike; 3 is slower, and takes as much memory."""
    rng = np.random.default_rng(11)
    lines = []
    for version, mean in (("1", 0.1), ("2", 0.1), ("3", 0.2)):
        for i in range(MINUTES):
            at = round((BEGIN + 60 * i) * 1000)
            labels = f'{{job="shop",version="{version}"}}'
            lines.append(f"seconds{labels} {mean * rng.uniform(0.8, 1.2):.6f} {at}")
            lines.append(f"bytes{labels} {1000 * rng.uniform(0.9, 1.1):.6f} {at}")
    with victoria_metrics(tmp_path_factory.mktemp("kayenta")) as storage:
        data = ("\n".join(lines) + "\n").encode()
        urllib.request.urlopen(f"{storage.url}/api/v1/import/prometheus", data=data, timeout=60).close()
        storage.holds("seconds", 3)
        yield storage


@pytest.fixture
def configured(context):
    (context.root / "kayenta.json").write_text(json.dumps(CONFIG))
    return context


def judged(context, storage, version):
    return judge_kayenta(
        context,
        baseline='version="1"',
        canary=f'version="{version}"',
        config_path="kayenta.json",
        start=BEGIN,
        end=END,
        url=storage.url,
    )


def test_one_that_is_alike_passes(configured, storage):
    done = judged(configured, storage, "2")

    assert (done.verdict.verdict, done.verdict.reason) == ("PASS", "Pass: score 100 of 100")
    assert [one.canary_requests for one in done.verdict.metrics] == [MINUTES, MINUTES]


def test_one_that_is_slower_has_a_score(configured, storage):
    done = judged(configured, storage, "3")

    assert (done.verdict.verdict, done.verdict.reason) == ("FAIL", "Fail: score 40 of 100")
    latency, memory = done.verdict.metrics
    assert (latency.outcome, latency.reason) == ("FAIL", "High: higher than the control")
    assert latency.effect.estimate == pytest.approx(2.0, rel=0.1)
    assert memory.outcome == "PASS"


def test_the_command_takes_its_json(configured, storage, capsys):
    words = ["canary", "judge", "--judge", "kayenta", "--config", "kayenta.json", "--baseline", 'version="1"']
    options = ["--canary", 'version="nowhere"', "--url", storage.url, "--workspace", str(configured.root)]
    window = ["--from", "2026-09-21T14:14:00+00:00", "--to", "2026-09-21T14:53:00+00:00"]

    assert main([*words, *options, *window]) == 1
    text = capsys.readouterr().out
    assert text.startswith("FAIL Fail: score 0 of 100\n")
    assert "Nodata: no data of the experiment" in text
    with pytest.raises(UsageError, match="made for one look"):
        main([*words, *options, "--live", "--debug"])


def test_what_a_configuration_says_is_read(tmp_path):
    path = tmp_path / "kayenta.json"
    path.write_text(json.dumps(CONFIG))
    config = read_kayenta(path, "kayenta.json")

    latency, memory = config.metrics
    assert (latency.query, latency.is_promql, latency.direction) == ('seconds{job="shop"}', False, "increase")
    assert (memory.query, memory.is_promql, memory.outlier_factor) == ("max(bytes{${scope}})", True, 3.0)
    assert memory.allowed == Limits(0.8, 1.2)
    assert (config.group_weights, config.pass_score) == ({"all": 60.0, "other": 40.0}, 90.0)


def test_all_its_mistakes_are_told_together(tmp_path):
    path = tmp_path / "kayenta.json"
    wrong = metric("a", {"customInlineTemplate": "PromQL:x{${location}}"}, direction="up", critical="yes")
    path.write_text(
        json.dumps({"metrics": [wrong, {"name": 7}], "classifier": {"scoreThresholds": {"pass": "x"}}})
    )

    with pytest.raises(ConfigurationError) as told:
        read_kayenta(path, "kayenta.json")
    assert told.value.problems == (
        "metrics 1: query: customInlineTemplate: ${location} is not known here, only ${scope}",
        "metrics 1: analysisConfigurations: canary: direction: should be one of increase, decrease, either, not 'up'",
        "metrics 1: analysisConfigurations: canary: critical: should be true or false, not 'yes'",
        "metrics 2: query: metricName: is missing",
        "metrics 2: name: should be text, not 7",
        "classifier: scoreThresholds: pass: should be a number, not 'x'",
    )
