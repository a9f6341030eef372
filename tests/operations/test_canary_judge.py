"""``canary judge`` on counters in a real server."""

from __future__ import annotations

import json
import time
import urllib.request
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from canaries import errors, exposed, histograms
from codesentinel.cli.main import main
from codesentinel.model.errors import Refused, Unreachable, UsageError
from codesentinel.operations.canary.judge import judge
from codesentinel.render.canary_text import judgement_text
from codesentinel.store.reader import events
from storage import victoria_metrics

BEGIN = 1_790_000_000.0
TICKS = 80
SECONDS = 15.0
END = BEGIN + TICKS * SECONDS
CONFIG = """
deadline: 20m
metrics:
  - name: latency
    kind: latency
    histogram: http_server_request_duration_seconds
  - name: errors
    kind: errors
    errors: requests_total{code=~"5.."}
    requests: requests_total
    margin: {relative: 0.25, absolute: 0.002}
"""


def arm(rng, *, slower=1.0, ratio=0.001):
    """Enough requests that twenty minutes suffice."""
    return {"latency": histograms(rng, 1500, TICKS, slower=slower), "errors": errors(rng, 1500, TICKS, ratio)}


@pytest.fixture(scope="module")
def storage(tmp_path_factory):
    """Four versions of a service: one as it was, one alike, one slower, one with more errors."""
    rng = np.random.default_rng(7)
    edges = BEGIN + SECONDS * np.arange(TICKS + 1)
    arms = {"1": arm(rng), "2": arm(rng), "slow": arm(rng, slower=1.3), "broken": arm(rng, ratio=0.02)}
    text = "".join(exposed(counts, version, edges) for version, counts in arms.items())
    with victoria_metrics(tmp_path_factory.mktemp("canaries")) as storage:
        address = f"{storage.url}/api/v1/import/prometheus"
        urllib.request.urlopen(address, data=text.encode(), timeout=60).close()
        storage.holds("requests_total", 8)
        yield storage


@pytest.fixture
def configured(context):
    (context.root / "canary.yaml").write_text(CONFIG)
    return context


def judged(context, storage, version, **options):
    return judge(
        context,
        baseline='version="1"',
        canary=f'version="{version}"',
        config_path="canary.yaml",
        **{"end": END, "url": storage.url, **options},
    )


def test_one_that_is_alike_passes_and_is_on_record(configured, storage):
    done = judged(configured, storage, "2")

    assert (done.verdict.verdict, done.exit_status) == ("PASS", 0)
    latency, failed = done.verdict.metrics
    assert latency.canary_requests == pytest.approx(1500 * TICKS, rel=0.02)
    assert failed.thresholds[0].baseline == pytest.approx(0.001, rel=0.5)
    (event,) = events(configured.memory.path("canary"))
    assert event["activity"]["action"] == "verdict"
    record = event["activity"]["metadata"]
    assert (record["verdict"], record["canary"], len(record["metrics"])) == ("PASS", 'version="2"', 2)
    assert len(record["block_times"]) == len(record["metrics"][0]["evidence"]) == 20


@pytest.mark.parametrize(("version", "metric"), [("slow", "latency"), ("broken", "errors")])
def test_one_that_is_worse_fails_and_the_metric_is_named(configured, storage, version, metric):
    done = judged(configured, storage, version)

    assert (done.verdict.verdict, done.exit_status) == ("FAIL", 1)
    assert done.verdict.reason == f"harm beyond the margin: {metric}"
    text = judgement_text(done)
    assert text.startswith(f"FAIL harm beyond the margin: {metric}\n")
    assert text.isascii()


def test_counts_arrive_as_they_were_whatever_the_ticks(configured, storage):
    (one, *_) = judged(configured, storage, "2").verdict.metrics
    path = configured.root / "canary.yaml"
    path.write_text(CONFIG.replace("deadline: 20m", "deadline: 20m\nblock: 2m"))
    (other, *_) = judged(configured, storage, "2").verdict.metrics

    assert (one.canary_requests, one.baseline_requests) == (other.canary_requests, other.baseline_requests)
    assert len(other.evidence) == 10


def test_a_version_that_nobody_knows_is_no_pass(configured, storage):
    done = judged(configured, storage, "nowhere")

    assert (done.verdict.verdict, done.exit_status) == ("INCONCLUSIVE", 3)
    assert {one.reason for one in done.verdict.metrics} == {"no data of the canary"}


def test_a_warm_up_is_left_out_and_a_wrong_share_is_told(configured, storage):
    path = configured.root / "canary.yaml"
    path.write_text(CONFIG.replace("deadline: 20m", "deadline: 20m\nwarm_up: 10m"))
    done = judged(configured, storage, "2", canary_share=0.05)

    assert len(done.verdict.block_times) == 10
    assert done.verdict.verdict == "INCONCLUSIVE"
    assert "the canary had more requests than its weight: 50.1% instead of 5.0%" in done.verdict.reason


def test_live_it_is_looked_at_until_it_is_known(configured, storage, monkeypatch):
    clock = [BEGIN]
    waited = []

    def wait(seconds):
        waited.append(seconds)
        clock[0] += seconds

    monkeypatch.setattr(time, "time", lambda: clock[0])
    seen = []
    done = judged(
        configured,
        storage,
        "slow",
        end=None,
        live=True,
        on_look=lambda one: seen.append(one.verdict),
        wait=wait,
    )

    assert done.verdict.verdict == "FAIL"
    assert seen == ["INCONCLUSIVE"] * (done.looks - 1) + ["FAIL"]
    assert waited == [60.0] * done.looks
    assert done.looks < 6


def test_live_it_ends_at_the_deadline(configured, storage, monkeypatch):
    clock = [BEGIN]
    monkeypatch.setattr(time, "time", lambda: clock[0])

    def wait(seconds):
        clock[0] += seconds

    done = judged(configured, storage, "nowhere", end=None, live=True, wait=wait)

    assert (done.verdict.verdict, done.looks) == ("INCONCLUSIVE", 20)


def test_the_command_prints_the_contract_and_writes_pictures(configured, storage, tmp_path, capsys):
    page, picture = tmp_path / "why.html", tmp_path / "why.svg"
    words = ["canary", "judge", "--baseline", '{version="1"}', "--canary", '{version="slow"}']
    window = ["--from", "2026-09-21T14:13:20+00:00", "--to", "2026-09-21T14:33:20+00:00"]
    options = [
        "--url",
        storage.url,
        "--workspace",
        str(configured.root),
        "--html",
        str(page),
        "--svg",
        str(picture),
    ]

    assert main([*words, *window, *options, "--json"]) == 1

    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "codesentinel/canary.judge/v1"
    data = document["data"]
    assert data["verdict"] == "FAIL"
    for one in data["metrics"]:
        assert {"name", "effect", "e_value", "exposure", "outcome", "reason"} <= set(one)
        assert set(one["effect"]) == {"estimate", "lower", "upper"}
        assert set(one["exposure"]) == {"baseline", "canary"}
    assert "latency" in page.read_text()
    assert ET.fromstring(picture.read_text()).tag.endswith("svg")
    with pytest.raises(Refused):
        main([*words, *options, "--debug"])


def test_what_makes_no_sense_is_refused(configured, storage):
    with pytest.raises(UsageError, match="another arm"):
        judged(configured, storage, "1")
    with pytest.raises(UsageError, match="ends before it begins"):
        judged(configured, storage, "2", start=END + 1)
    with pytest.raises(UsageError, match="no selector"):
        judged(configured, storage, '2"} or up{a="')
    with pytest.raises(UsageError, match="between 0 and 1"):
        judged(configured, storage, "2", canary_share=2.0)


def test_a_server_that_is_not_there_is_told(configured):
    with pytest.raises(Unreachable):
        judge(
            configured,
            baseline='version="1"',
            canary='version="2"',
            config_path="canary.yaml",
            url="http://127.0.0.1:9",
        )
