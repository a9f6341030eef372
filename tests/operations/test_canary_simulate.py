"""``canary simulate``: what a canary would find."""

from __future__ import annotations

import json

import pytest

from codesentinel.cli.main import main
from codesentinel.model.errors import UsageError
from codesentinel.operations.canary.simulate import simulate

CONFIG = """
deadline: 20m
metrics:
  - {name: latency, kind: latency, histogram: h}
  - {name: errors, kind: errors, errors: 'a{code="5"}', requests: a}
  - {name: cpu, kind: resource, amount: c, requests: a}
"""


@pytest.fixture
def configured(context):
    (context.root / "canary.yaml").write_text(CONFIG)
    return context


def test_large_harm_is_found_and_none_is_seldom_stopped(configured):
    found = simulate(
        configured,
        config_path="canary.yaml",
        requests_per_minute=12_000,
        error_ratio=0.01,
        harms=(1.0, 3.0),
        runs=15,
    )

    by = {(one.metric, one.harm): one for one in found.powers}
    assert len(by) == 6
    for metric in ("latency", "errors", "cpu"):
        none, much = by[metric, 1.0], by[metric, 3.0]
        assert none.is_within_margin
        assert none.stopped == 0
        assert not much.is_within_margin
        assert (much.stopped, much.passed) == (1.0, 0.0)
        assert much.stopped_after_seconds < 20 * 60
    assert by["latency", 1.0].passed > 0.9


def test_the_same_is_said_each_time(configured):
    one, other = (
        simulate(configured, config_path="canary.yaml", requests_per_minute=600, harms=(1.5,), runs=3)
        for _ in range(2)
    )
    assert one == other


def test_the_command_prints_a_table_or_json(configured, capsys):
    words = [
        "canary",
        "simulate",
        "--requests-per-minute",
        "2000",
        "--harm",
        "1",
        "--harm",
        "4",
        "--runs",
        "4",
    ]
    workspace = ["--workspace", str(configured.root)]

    assert main([*words, *workspace]) == 0
    text = capsys.readouterr().out
    assert text.startswith("2000 requests a minute, 50.0% of them to the canary, until 20m; 4 runs each\n")
    assert "1 times, within margin" in text
    assert main([*words, *workspace, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)["data"]
    assert {"metric", "harm", "stopped", "stopped_after_seconds"} <= set(data["powers"][0])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"requests_per_minute": 0}, "--requests-per-minute should lie between"),
        ({"canary_share": 1.0}, "--canary-share should lie between"),
        ({"error_ratio": -1}, "--error-ratio should lie between"),
        ({"harms": (0.0,)}, "--harm should lie between"),
        ({"runs": 0}, "--runs should lie between"),
    ],
)
def test_what_makes_no_sense_is_refused(configured, options, told):
    with pytest.raises(UsageError, match=told):
        simulate(configured, **{"config_path": "canary.yaml", "requests_per_minute": 600, **options})
