"""Troubles below every alert, replayed from a real VictoriaMetrics: each found in time, and nothing else."""

from __future__ import annotations

import json

import pytest

import demo_traffic as demo
from codesentinel.act.history import import_series
from codesentinel.cli.main import main
from codesentinel.config.settings import Settings, Sources
from codesentinel.model.errors import NoData, Unreachable
from codesentinel.model.finding import Severity
from codesentinel.model.series import Series
from codesentinel.model.timestamp import rfc3339
from codesentinel.operations.trends.feedback import Opinions, feedback
from codesentinel.operations.trends.watch import watch
from servers import free_port
from storage import victoria_metrics

pytestmark = pytest.mark.stack
DELAYS = {  # minutes, and the metric that has to be named
    "load at night": (10, demo.CPU),
    "traffic drops": (10, demo.REQUESTS),
    "errors double": (40, demo.ERRORS),
    "slow leak": (120, demo.MEMORY),
    "job missing": (15, demo.JOB),
}


@pytest.fixture(scope="module")
def storages(tmp_path_factory):
    """A server for each world, started when it is asked for."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        known = {}

        def storage(trouble):
            if trouble not in known:
                server = stack.enter_context(victoria_metrics(tmp_path_factory.mktemp("vm")))
                series = demo.recordings(trouble)
                import_series(server.url, series, timeout_seconds=60)
                for one in series:
                    server.holds(f'{{__name__="{one.labels["__name__"]}"}}')
                known[trouble] = server.url
            return known[trouble]

        yield storage


@pytest.fixture
def look(context, storages):
    def look(trouble, minutes):
        there = context.but(settings=Settings(sources=Sources(history_url=storages(trouble))))
        return watch(there, demo.moment(minutes))

    return look


def test_two_hours_of_normal_traffic_give_no_finding(look):
    for minutes in range(-60, 61, 5):
        found, source = look("", minutes)
        assert found == [], [one.summary for one in found]
        assert source.judged
        assert source.checked == 8


@pytest.mark.parametrize("trouble", DELAYS)
def test_a_trouble_below_every_alert_is_found_in_time(look, trouble):
    within, metric = DELAYS[trouble]
    found = [one for minutes in range(2, within + 1, 3) for one in look(trouble, minutes)[0]]
    assert found, trouble
    assert all(metric in one.subject for one in found), [one.subject for one in found]
    assert all(one.severity is not Severity.P1 for one in found)
    assert found[0].since.timestamp() >= demo.moment(-5)
    assert "was expected" in found[0].summary


def test_the_command_names_the_span(storages, tmp_path, capsys):
    words = ["trends", "anomalies", demo.REQUESTS, "--url", storages("traffic drops"), "--since", "3d"]
    words += ["--step", "1m", "--to", rfc3339(demo.moment(30)), "--json"]
    assert main(["--workspace", str(tmp_path), *words]) == 0
    (series,) = json.loads(capsys.readouterr().out)["data"]["series"]
    span = series["flagged"][-1]
    assert rfc3339(demo.moment(0)) <= span["from"] <= rfc3339(demo.moment(10))
    assert span["observed"] < span["expected_lower"]


def test_what_moves_together_is_one_finding(context, tmp_path):
    both = [one for trouble in ("traffic drops", "load at night") for one in demo.recordings(trouble)]
    kept = [next(one for one in both if one.labels["__name__"] == demo.REQUESTS)]
    kept += [next(one for one in reversed(both) if one.labels["__name__"] == demo.CPU)]
    with victoria_metrics(tmp_path / "vm") as server:
        import_series(server.url, kept, timeout_seconds=60)
        for one in kept:
            server.holds(f'{{__name__="{one.labels["__name__"]}"}}')
        there = context.but(settings=Settings(sources=Sources(history_url=server.url)))
        (finding,), _ = watch(there, demo.moment(15))
    assert finding.severity is Severity.P2
    assert len(finding.evidence["series"]) == 2
    assert "1 other series" in finding.summary


def test_noise_makes_the_next_look_less_sensitive_within_bounds_and_says_so(context):
    subject = 'service:http_server_requests:rate{service="shop"}'
    first = feedback(context, "noise", subject)
    assert (first.useful, first.noise, round(first.sensitivity, 2)) == (0, 1, 0.46)
    assert "1 times noise: sensitivity 0.46" in first.explanation
    for _ in range(9):
        said = feedback(context, "noise", subject)
    assert said.sensitivity == 0.3 == Opinions(context).sensitivity(subject)
    assert Opinions(context).sensitivity("another") == 0.5
    assert feedback(context, "useful", "another").sensitivity == pytest.approx(0.52)


def test_feedback_tunes_what_is_asked_of_a_server_and_is_told_there(storages, tmp_path, capsys):
    def asked(*words):
        assert main(["--workspace", str(tmp_path), "trends", "anomalies", *words]) == 0
        return capsys.readouterr().out

    words = [demo.REQUESTS, "--url", storages("traffic drops"), "--since", "3d", "--step", "1m"]
    words += ["--to", rfc3339(demo.moment(30))]
    before = json.loads(asked(*words, "--json"))["data"]["series"][0]
    assert before["notes"] == []
    subject = f'{demo.REQUESTS}{{environment="demo",service="shop"}}'
    for _ in range(5):
        assert main(["--workspace", str(tmp_path), "trends", "feedback", "noise", subject]) == 0
    assert "sensitivity 0.30" in capsys.readouterr().out
    after = json.loads(asked(*words, "--json"))["data"]["series"][0]
    told = "it was 0 times useful, 5 times noise: sensitivity 0.30 instead of 0.50, an alarm from score 0.70"
    assert after["notes"] == [told]
    assert len(after["flagged"]) < len(before["flagged"])
    assert f"note on {subject}: {told}" in asked(*words)
    file = tmp_path / "same.csv"
    rows = zip(before["times"], before["scores"], strict=True)
    file.write_text("timestamp,value\n" + "".join(f"{at},{score}\n" for at, score in rows))
    assert "times noise" not in asked("--input", str(file))


def test_feedback_is_a_command_and_an_event(context, capsys):
    words = ["--workspace", str(context.root), "trends", "feedback"]
    assert main([*words, "useful", "up", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["data"]["useful"] == 1
    assert main([*words, "wrong", "up"]) == 2
    (event,) = [
        json.loads(line)
        for line in (context.root / "docs/domains/trends/history.jsonl").read_text().splitlines()
    ]
    assert event["activity"]["action"] == "trends.feedback"


def test_a_young_history_or_none_is_not_judged(context, tmp_path):
    with victoria_metrics(tmp_path / "vm") as server:
        there = context.but(settings=Settings(sources=Sources(history_url=server.url)))
        with pytest.raises(NoData, match="nothing that is watched"):
            watch(there, demo.moment(0))
        one = demo.recordings()[0]
        young = Series(one.labels, one.times[-60:], one.values[-60:])
        import_series(server.url, [young], timeout_seconds=60)
        server.holds(f'{{__name__="{demo.REQUESTS}"}}')
        with pytest.raises(NoData, match="hours of history; 4 teach"):
            watch(there, float(young.times[-1]))
    dead = context.but(settings=Settings(sources=Sources(history_url=f"http://127.0.0.1:{free_port()}")))
    with pytest.raises(Unreachable):
        watch(dead, demo.moment(0))
