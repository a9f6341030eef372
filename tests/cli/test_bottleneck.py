"""``bottleneck`` on a real storage that holds a simulated minute."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from codesentinel.cli.main import main
from slow_service import HOSTILE, N, write
from storage import victoria_metrics

START = 1_790_000_000


@pytest.fixture(scope="module")
def storage(tmp_path_factory):
    with victoria_metrics(tmp_path_factory.mktemp("history")) as found:
        write(found.url, START, shop=True, calm=False)
        found.holds('http_server_request_duration_seconds_count{service="calm"}')
        yield found


@pytest.fixture
def run(tmp_path, capsys, storage):
    def run(service, *words, begin=0, end=N - 1):
        span = (word for at, name in ((begin, "--from"), (end, "--to")) for word in (name, iso(START + at)))
        status = main(
            [
                "--workspace",
                str(tmp_path),
                "bottleneck",
                "--service",
                service,
                *span,
                "--url",
                storage.url,
                *words,
            ]
        )
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def iso(at):
    return datetime.fromtimestamp(at, UTC).isoformat()


def test_json_has_the_cause_with_its_evidence_the_tables_and_the_findings(run):
    status, out, _ = run("shop", "--json")
    assert status == 1
    document = json.loads(out)
    assert document["schema"] == "codesentinel/bottleneck/v1"
    data = document["data"]
    assert (data["verdict"], data["step_seconds"]) == ("explained", 1)
    assert [cause["cause"] for cause in data["causes"]] == ["dependency"]
    (evidence,) = data["causes"][0]["evidence"]
    correlation = evidence["correlation"]
    assert 0.4 < correlation["lower"] < correlation["estimate"] <= correlation["upper"]
    assert evidence["accounts_ratio"] == pytest.approx(1, abs=0.1)
    assert evidence["subject"] == HOSTILE
    assert data["troubles"][0]["usual"] == pytest.approx(0.03, rel=0.1)
    assert 0.065 < data["troubles"][0]["worse"] < 0.095  # rates over a window smooth the edges
    (route,) = data["red"]
    assert route["route"] == "/order"
    assert route["requests_per_second"] == pytest.approx(25, rel=0.1)
    assert route["p95_seconds"] > 0.05
    assert {row["resource"] for row in data["use"]} >= {"cpu", "cores", "dependency"}
    assert data["findings"][0]["kind"] == "bottleneck-dependency"
    assert data["from"] < data["to"]


def test_text_is_ascii_and_foreign_names_are_harmless(run):
    status, out, _ = run("shop", "--tables")
    assert status == 1
    assert out.isascii()
    assert "\x1b" not in out
    assert "\n[OK]" not in out
    assert "1. a service that it depends on" in out
    assert "rank correlation with latency" in out
    assert "accounts for" in out
    assert "since 2026-" in out
    assert "no deployment near" in out
    assert "ruled out" in out
    assert "saturation knee: not judged" in out


def test_the_load_of_another_host_is_not_taken_for_that_of_its_own(run):
    data = json.loads(run("shop", "--json")[1])["data"]
    (load,) = [row for row in data["use"] if "run or wait" in row["what"]]
    assert load["most"] < 2


def test_a_service_that_does_as_ever_has_no_finding(run):
    status, out, _ = run("calm")
    assert status == 0
    assert out.startswith("calm does as well as ever in this window")
    data = json.loads(run("calm", "--json")[1])["data"]
    assert (data["verdict"], data["causes"], data["findings"]) == ("fine", [], [])


def test_a_deployment_just_before_it_began_is_named(run, tmp_path, capsys):
    began = json.loads(run("shop", "--json")[1])["data"]["troubles"][0]["since"]
    for at, revision in ((START - 4000, "aaa"), (datetime.fromisoformat(began).timestamp() - 2, "bbb")):
        words = ["--started-at", iso(at - 1), "--finished-at", iso(at), "--revision", revision]
        words += ["--service", "shop", "--status", "success", "--id", f"d-{revision}"]
        assert main(["--workspace", str(tmp_path), "deploy", "record", *words]) == 0
    capsys.readouterr()
    assert "since deployment d-bbb (bbb)" in run("shop")[1]


def test_no_such_service_and_no_window_are_said_so(run, tmp_path, capsys):
    status, _, err = run("nobody")
    assert status == 3
    assert "has no requests of a service nobody in this window" in err
    status, _, err = run("shop", end=10)
    assert status == 2
    assert "tells nothing" in err
    assert main(["--workspace", str(tmp_path), "bottleneck"]) == 2
    assert "--service" in capsys.readouterr().err


def test_a_server_that_is_not_there_cannot_be_judged(tmp_path, capsys):
    words = ["bottleneck", "--service", "shop", "--url", "http://127.0.0.1:1"]
    assert main(["--workspace", str(tmp_path), *words]) == 3
    assert "127.0.0.1:1" in capsys.readouterr().err


def test_each_run_is_recorded_with_its_verdict(run, tmp_path):
    run("shop")
    (event,) = [
        json.loads(line)
        for line in (tmp_path / "docs/domains/bottleneck/history.jsonl").read_text().splitlines()
    ]
    facts = event["activity"]["metadata"]
    assert (facts["service"], facts["verdict"], facts["causes"]) == ("shop", "explained", ["dependency"])
