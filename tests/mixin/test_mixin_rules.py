import re
import subprocess
from itertools import chain
from pathlib import Path

import pytest
import yaml

from codesentinel.mixin.http_names import HttpNames
from codesentinel.mixin.rules import groups, rule_files
from codesentinel.mixin.timing import PRODUCTION, local
from codesentinel.model.duration import parse_duration
from servers import tool

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
TIMINGS = {"production": PRODUCTION, "local 1 s": local(1), "local 3 s": local(3), "local 15 s": local(15)}
RECORDED = re.compile(r"\b\w+:\w+:\w+\b")

timings = pytest.mark.parametrize("timing", TIMINGS.values(), ids=TIMINGS)


def _rules(timing, **settings):
    settings = {"team": "platform", "runbook_base_url": "docs/runbooks", **settings}
    documents = [yaml.safe_load(text) for text in rule_files(timing, **settings).values()]
    return [rule for document in documents for group in document["groups"] for rule in group["rules"]]


def _alerts(timing=PRODUCTION, **settings):
    return [rule for rule in _rules(timing, **settings) if "alert" in rule]


@timings
def test_promtool_finds_nothing_to_complain_about(timing, tmp_path):
    files = rule_files(timing, team="platform", runbook_base_url="docs/runbooks")
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    promtool = tool("prometheus", "promtool")
    words = [promtool, "check", "rules", "--lint=all", "--lint-fatal", *sorted(tmp_path.iterdir())]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("SUCCESS") == len(files)


def test_the_same_settings_give_the_same_bytes():
    def build():
        return rule_files(local(3), team="platform", runbook_base_url="docs/runbooks")

    assert build() == build()


def test_a_file_is_named_after_the_one_group_in_it():
    files = rule_files(PRODUCTION, team="platform", runbook_base_url="docs/runbooks")
    assert {name: [g["name"] for g in yaml.safe_load(text)["groups"]] for name, text in files.items()} == {
        f"{group.name}.yml": [group.name] for group in groups(PRODUCTION)
    }


@timings
def test_every_alert_says_how_urgent_it_is_whose_it_is_what_it_means_and_where_to_read_on(timing):
    for alert in _alerts(timing, team="sea", runbook_base_url="https://wiki.example/runbooks/"):
        severities = ["info"] if alert["alert"] == "Watchdog" else ["P1", "P2"]
        assert alert["labels"] in [{"severity": severity, "team": "sea"} for severity in severities]
        assert list(alert["annotations"]) == ["summary", "description", "runbook_url"]
        assert alert["annotations"]["runbook_url"] == f"https://wiki.example/runbooks/{alert['alert']}.md"
        assert re.fullmatch(r"([A-Z][a-z0-9]+){2,}|Watchdog", alert["alert"])


def test_a_summary_is_one_short_line_that_holds_for_every_instance():
    for alert in _alerts():
        summary = alert["annotations"]["summary"]
        assert "{{" not in summary
        assert "\n" not in summary
        assert len(summary) <= 120


def test_no_label_changes_with_the_value():
    assert not [label for alert in _alerts() for label in alert["labels"].values() if "{{" in label]


@timings
def test_an_alert_waits_for_at_least_two_evaluations_and_a_p1_no_longer_than_its_p2(timing):
    waits = {}
    for alert in _alerts(timing):
        seconds = parse_duration(alert["for"])
        assert seconds >= 2 * timing.evaluation_interval_seconds
        waits[alert["alert"], alert["labels"]["severity"]] = seconds
    for name, severity in waits:
        if severity == "P1":
            assert waits[name, "P1"] <= waits[name, "P2"]


def test_every_page_is_announced_by_a_ticket_of_the_same_name_and_no_name_and_severity_occurs_twice():
    pairs = [(alert["alert"], alert["labels"]["severity"]) for alert in _alerts()]
    assert len(set(pairs)) == len(pairs)
    assert {name for name, severity in pairs if severity == "P1"} <= {n for n, s in pairs if s == "P2"}


def test_recordings_are_named_level_metric_operations_and_every_one_used_exists():
    rules = _rules(PRODUCTION)
    recorded = {rule["record"] for rule in rules if "record" in rule}
    assert all(RECORDED.fullmatch(name) for name in recorded)
    used = set(chain.from_iterable(RECORDED.findall(rule["expr"]) for rule in rules))
    assert used <= recorded


def test_a_recording_stands_before_whatever_reads_it_in_its_own_group_or_in_one_before():
    known = set()
    for group in groups(PRODUCTION):
        for rule in group.rules:
            assert set(RECORDED.findall(rule.expr)) <= known | {getattr(rule, "record", "")}
            known.add(getattr(rule, "record", ""))


def test_no_series_is_recorded_at_a_pace_at_which_prometheus_would_forget_it():
    lookback_seconds = 300
    for timing in TIMINGS.values():
        for group in groups(timing):
            pace = group.interval_seconds or timing.evaluation_interval_seconds
            assert timing.evaluation_interval_seconds <= pace < lookback_seconds


@timings
def test_series_and_alerts_have_the_same_names_at_every_timing(timing):
    def names(rules):
        return [(rule.get("record") or rule["alert"], rule.get("labels")) for rule in rules]

    assert names(_rules(timing)) == names(_rules(PRODUCTION))


def test_every_alert_has_a_runbook_and_every_runbook_an_alert():
    assert {page.stem for page in RUNBOOKS.glob("*.md")} == {alert["alert"] for alert in _alerts()}


def test_services_of_others_are_recorded_under_the_same_names():
    theirs = HttpNames(
        duration="http_request_duration_seconds", active="", service="job", environment="", status="status"
    )
    files = rule_files(PRODUCTION, team="platform", runbook_base_url="docs/runbooks", http=theirs)
    text = files["services.yml"] + files["slo.yml"]
    assert not re.search(r"[( ]http_server_", text)
    assert 'http_request_duration_seconds_count{status=~"5.."}' in text
