"""Alerts, targets and services as findings that do not say one thing twice."""

from __future__ import annotations

from datetime import UTC, datetime

from codesentinel.analysis.alerts.firing import alert_findings, target_findings
from codesentinel.analysis.stack.health import complaint_findings, service_findings
from codesentinel.model.finding import Severity
from codesentinel.model.service import ServiceState, StackState
from codesentinel.model.target import ActiveAlert, Target

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def alert(name="ServiceErrorRateHigh", severity="P1", state="firing", summary="shop fails", **labels):
    return ActiveAlert(
        labels={"alertname": name, "severity": severity, "team": "t", **labels},
        annotations={"summary": summary, "description": "half of it", "runbook_url": "docs/runbooks/X.md"},
        state=state,
        active_at=SINCE,
    )


def target(job="api", instance="a:1", health="up", error=""):
    return Target(job, instance, health, error, 3.0)


def state(*services):
    return StackState(1, 1, 0.0, ready=True, port_offset=0, services=services)


def test_a_firing_alert_says_what_since_when_and_what_to_do():
    (finding,) = alert_findings([alert(service="shop")], [])
    assert finding.severity is Severity.P1
    assert finding.id == "alert.ServiceErrorRateHigh:service=shop"
    assert finding.summary == "shop fails"
    assert finding.action == "follow docs/runbooks/X.md"
    assert finding.since == SINCE
    assert finding.evidence["description"] == "half of it"


def test_a_summary_that_names_nothing_is_told_of_what():
    (finding,) = alert_findings([alert(service="shop", summary="A service fails")], [])
    assert finding.summary == "A service fails: service=shop"


def test_of_a_page_and_a_ticket_about_one_thing_the_page_is_kept():
    for alerts in (
        [alert(severity="P2", service="s"), alert(service="s")],
        [alert(service="s"), alert(severity="P2", service="s")],
    ):
        (finding,) = alert_findings(alerts, [])
        assert finding.severity is Severity.P1


def test_a_pending_alert_is_for_the_record():
    (finding,) = alert_findings([alert(state="pending")], [])
    assert finding.severity is Severity.INFO
    assert finding.summary.startswith("not yet an alert: ")


def test_the_severities_of_other_peoples_rules_are_understood():
    severities = {
        word: alert_findings([alert(severity=word)], [])[0].severity
        for word in ("critical", "warning", "none", "")
    }
    assert severities == {
        "critical": Severity.P1,
        "warning": Severity.P2,
        "none": Severity.INFO,
        "": Severity.P2,
    }


def test_a_target_that_is_down_is_worse_when_it_was_the_last():
    last, other = target(health="down", error="refused"), target(instance="a:2")
    assert target_findings([last], [])[0].severity is Severity.P1
    assert target_findings([last, other], [])[0].severity is Severity.P2
    assert target_findings([last], [])[0].evidence == {"scrape_error": "refused"}


def test_what_an_alert_says_already_is_not_said_again_and_carries_the_error():
    down = [target(health="down", error="connection refused")]
    alerts = [alert("TargetDown", instance="a:1", job="api")]
    assert target_findings(down, alerts) == []
    assert alert_findings(alerts, down)[0].evidence["scrape_error"] == "connection refused"


def test_what_is_alive_is_said_too():
    (finding,) = target_findings([target(), target("b", "b:1")], [])
    assert finding.summary == "2 of 2 targets are up, scraped every 3 s"
    assert finding.severity is Severity.INFO


def test_a_service_that_does_not_run_is_urgent_and_one_that_keeps_dying_is_told():
    waiting = ServiceState("prometheus", "waiting", restarts=4, last_exit="exit status 2")
    often = ServiceState("shop", "ready", restarts=3, last_exit="killed by SIGKILL", last_exit_at=950.0)
    once = ServiceState("load", "ready", restarts=1, last_exit="exit status 1", last_exit_at=950.0)
    found = {f.subject: f for f in service_findings(state(waiting, often, once), now=1000.0)}
    assert found["prometheus"].severity is Severity.P1
    assert found["prometheus"].summary == "prometheus is waiting after 4 restarts; last exit status 2"
    assert found["shop"].severity is Severity.P2
    assert found["load"].severity is Severity.INFO


def test_a_restart_of_long_ago_is_forgotten():
    old = ServiceState("shop", "ready", restarts=3, last_exit="x", last_exit_at=10.0)
    (finding,) = service_findings(state(old), now=10_000.0)
    assert finding.summary == "all 1 services of the stack run, none restarted within the hour"


def test_a_complaint_of_prometheus_is_told_once_and_silence_is_none():
    (finding,) = complaint_findings({"history lags behind": 3.0, "rules cannot be evaluated": None})
    assert (finding.severity, finding.subject) == (Severity.P2, "history lags behind")
    assert finding.evidence["value"] == 3.0
