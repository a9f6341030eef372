"""What PagerDuty and Slack are really sent: a real Alertmanager, its calls captured on loopback."""

import json
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from codesentinel.mixin.alertmanager import Receivers, alertmanager_config
from codesentinel.mixin.timing import local
from servers import eventually, free_port, get, serving
from webhooks import capturing

pytestmark = pytest.mark.stack

TIMING = replace(local(1), group_wait_seconds=0.3, group_interval_seconds=0.5)
RUNBOOK = "https://wiki.example/runbooks/ServiceErrorRateHigh.md"
ROUTING_KEY = "0123456789abcdef0123456789abcdef"


class Routing:
    """A running Alertmanager and what it sent."""

    def __init__(self, url, capture):
        self._url = url
        self._capture = capture

    def post(self, *alerts, resolved=False):
        """As Prometheus does: an alert starts when it fires. An older one would not be waited for."""
        when = {"endsAt" if resolved else "startsAt": datetime.now(UTC).isoformat()}
        body = json.dumps([{**alert, **when} for alert in alerts]).encode()
        request = urllib.request.Request(
            f"{self._url}/api/v2/alerts", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            assert answer.status == 200

    def pages(self):
        return self._capture.on("/v2/enqueue")

    def messages(self):
        return self._capture.on("/slack")

    def posted(self):
        """(severity and alertname, environment) of everything that Slack was told to be firing."""
        found = set()
        for message in self.messages():
            [attachment] = message.body["attachments"]
            status, severity, alertname, *_ = attachment["title"].replace(":", " ").split()
            if status == "[FIRING]":
                found.add((f"{severity} {alertname}", attachment["fields"][1]["value"]))
        return found

    def logged(self):
        """(alertname, severity, status) of every alert that reached the local receiver."""
        return [
            (alert["labels"]["alertname"], alert["labels"]["severity"], alert["status"])
            for post in self._capture.on("/alerts")
            for alert in post.body["alerts"]
        ]

    def muted(self):
        """(alertname, severity) of the alerts that another one mutes at the moment."""
        return {
            (alert["labels"]["alertname"], alert["labels"]["severity"])
            for alert in json.loads(get(f"{self._url}/api/v2/alerts"))
            if alert["status"]["inhibitedBy"]
        }


@pytest.fixture
def routing(tmp_path):
    """An Alertmanager with both keys in files, as people write them: with a newline at the end."""
    with capturing() as capture:
        (tmp_path / "pagerduty").write_text(f"{ROUTING_KEY}\n")
        (tmp_path / "slack").write_text(f"{capture.url}/slack\n")
        receivers = Receivers(
            f"{capture.url}/alerts",
            pagerduty_routing_key_file=str(tmp_path / "pagerduty"),
            pagerduty_url=f"{capture.url}/v2/enqueue",
            slack_webhook_url_file=str(tmp_path / "slack"),
            slack_channel="#incidents",
        )
        config = tmp_path / "alertmanager.yml"
        config.write_text(alertmanager_config(receivers, TIMING))
        url = f"http://127.0.0.1:{free_port()}"
        options = [
            f"--config.file={config}",
            f"--storage.path={tmp_path / 'data'}",
            f"--web.listen-address={url.removeprefix('http://')}",
            f"--web.external-url={url}",
            "--cluster.listen-address=",
        ]
        with serving("alertmanager", options, f"{url}/-/ready"):
            yield Routing(url, capture)


def _alert(severity, alertname="ServiceErrorRateHigh", runbook=RUNBOOK, **labels):
    return {
        "labels": {"alertname": alertname, "severity": severity, "team": "platform", **labels},
        "annotations": {
            "summary": "A service fails many requests",
            "description": "Service shop: 20% of its requests fail.",
            "runbook_url": runbook,
        },
    }


def test_a_p1_triggers_and_resolves_one_pagerduty_incident(routing):
    alert = _alert("P1", service="shop", environment="production")
    routing.post(alert)
    trigger = eventually(routing.pages)[0]
    routing.post(alert, resolved=True)
    resolve = eventually(lambda: routing.pages()[1:])[0]

    assert trigger.headers["Content-Type"] == "application/json"
    assert set(trigger.body) == {
        "routing_key",
        "dedup_key",
        "event_action",
        "payload",
        "client",
        "client_url",
        "links",
    }
    assert trigger.body["routing_key"] == ROUTING_KEY
    assert trigger.body["event_action"] == "trigger"
    assert trigger.body["client"] == "codesentinel"
    assert trigger.body["links"] == [{"href": RUNBOOK, "text": "Runbook"}]
    payload = trigger.body["payload"]
    details = payload.pop("custom_details")
    assert payload == {
        "summary": "ServiceErrorRateHigh (shop): A service fails many requests",
        "source": "codesentinel",
        "severity": "critical",
        "class": "ServiceErrorRateHigh",
        "component": "shop",
        "group": "production",
    }
    assert details["description"] == "Service shop: 20% of its requests fail.\n"
    assert details["runbook"] == RUNBOOK
    assert (details["severity"], details["team"]) == ("P1", "platform")
    assert (details["num_firing"], details["num_resolved"]) == ("1", "0")

    assert resolve.body["event_action"] == "resolve"
    assert resolve.body["dedup_key"] == trigger.body["dedup_key"]
    eventually(lambda: routing.posted() == {("P1 ServiceErrorRateHigh", "production")})
    eventually(lambda: ("ServiceErrorRateHigh", "P1", "resolved") in routing.logged())


def test_a_runbook_that_is_no_address_is_told_but_not_linked(routing):
    routing.post(_alert("P1", runbook="docs/runbooks/ServiceErrorRateHigh.md", service="shop"))
    event = eventually(routing.pages)[0].body
    assert "links" not in event
    assert event["payload"]["custom_details"]["runbook"] == "docs/runbooks/ServiceErrorRateHigh.md"


def test_a_p2_is_a_slack_message_that_turns_green_when_it_is_over(routing):
    alert = _alert("P2", service="shop", environment="production", instance="a:80")
    routing.post(alert)
    message = eventually(routing.messages)[0].body
    routing.post(alert, resolved=True)
    over = eventually(lambda: routing.messages()[1:])[0].body["attachments"][0]

    assert message["channel"] == "#incidents"
    [attachment] = message["attachments"]
    title = "P2 ServiceErrorRateHigh (shop): A service fails many requests"
    assert attachment["title"] == attachment["fallback"] == f"[FIRING] {title}"
    assert attachment["title_link"].endswith("/#/alerts")
    assert attachment["color"] == "warning"
    assert attachment["text"] == f"- Service shop: 20% of its requests fail.\nRunbook: {RUNBOOK}"
    assert [(field["title"], field["value"]) for field in attachment["fields"]] == [
        ("Service", "shop"),
        ("Environment", "production"),
        ("Instance", "a:80"),
        ("Team", "platform"),
    ]
    assert (over["title"], over["color"]) == (f"[RESOLVED] {title}", "good")
    assert routing.pages() == []
    eventually(lambda: ("ServiceErrorRateHigh", "P2", "resolved") in routing.logged())


def test_a_watched_system_cannot_mention_a_channel(routing):
    alert = _alert("P2", service="<!channel> & co")
    alert["annotations"]["description"] = "<!here> look"
    routing.post(alert)
    [attachment] = eventually(routing.messages)[0].body["attachments"]
    assert attachment["text"].startswith("- &lt;!here&gt; look\n")
    assert "(&lt;!channel&gt; &amp; co)" in attachment["title"]
    assert attachment["fields"][0]["value"] == "&lt;!channel&gt; &amp; co"


def test_a_p1_mutes_its_p2_until_it_is_over(routing):
    page = _alert("P1", service="shop", environment="production")
    ticket = _alert("P2", service="shop", environment="production")
    elsewhere = _alert("P2", service="shop", environment="staging")
    routing.post(page, ticket, elsewhere)
    eventually(lambda: routing.pages() and len(routing.messages()) == 2)
    assert routing.muted() == {("ServiceErrorRateHigh", "P2")}
    assert routing.posted() == {
        ("P1 ServiceErrorRateHigh", "production"),
        ("P2 ServiceErrorRateHigh", "staging"),
    }

    routing.post(page, resolved=True)
    eventually(lambda: ("P2 ServiceErrorRateHigh", "production") in routing.posted())


@pytest.mark.parametrize("environment", ["", "production"])
def test_a_service_that_is_down_mutes_its_symptoms_and_its_single_targets(routing, environment):
    where = {"service": "shop", **({"environment": environment} if environment else {})}
    routing.post(
        _alert("P1", "TargetDown", job="shop", **where),
        _alert("P2", "TargetDown", job="shop", instance="a:80", **where),
        _alert("P1", "ServiceErrorRateHigh", service="shop", environment="production"),
        _alert("P2", "ServiceLatencyHigh", service="shop", environment="production"),
        _alert("P1", "ServiceLatencyHigh", service="cart", environment="production"),
        _alert("P1", "HostMemoryPressure", instance="a:9100"),
    )
    eventually(lambda: len(routing.pages()) == 3)
    told = {page.body["payload"]["summary"].split(":")[0] for page in routing.pages()}
    assert told == {"TargetDown (shop)", "ServiceLatencyHigh (cart)", "HostMemoryPressure"}
    assert {what for what, _ in routing.posted()} <= {
        "P1 TargetDown",
        "P1 ServiceLatencyHigh",
        "P1 HostMemoryPressure",
    }
    assert routing.muted() == {
        ("TargetDown", "P2"),
        ("ServiceErrorRateHigh", "P1"),
        ("ServiceLatencyHigh", "P2"),
    }


def test_an_outage_in_staging_hides_nothing_in_production(routing):
    routing.post(
        _alert("P1", "TargetDown", job="shop", service="shop", environment="staging"),
        _alert("P1", "ServiceErrorRateHigh", service="shop", environment="production"),
    )
    eventually(lambda: len(routing.pages()) == 2)
    assert routing.muted() == set()


def _burn(severity, slo):
    return _alert(severity, "ErrorBudgetBurn", service="shop", environment="production", slo=slo)


@pytest.mark.parametrize(
    ("alerts", "muted"),
    [
        (
            [
                ("P1", "ServiceErrorRateHigh"),
                ("P1", "availability"),
                ("P2", "availability"),
                ("P1", "latency"),
            ],
            {("P1", "availability"), ("P2", "availability")},
        ),
        ([("P2", "ServiceErrorRateHigh"), ("P1", "availability")], {("P2", "ServiceErrorRateHigh")}),
        ([("P2", "ServiceErrorRateHigh"), ("P2", "availability")], {("P2", "availability")}),
        ([("P1", "ServiceLatencyHigh"), ("P1", "latency")], {("P1", "latency")}),
        ([("P2", "ServiceLatencyHigh"), ("P1", "availability")], set()),
    ],
)
def test_a_fault_and_the_budget_that_it_burns_are_one_call(alerts, muted, routing):
    where = {"service": "shop", "environment": "production"}
    routing.post(*(_burn(s, n) if n.islower() else _alert(s, n, **where) for s, n in alerts))
    names = {"availability": "ErrorBudgetBurn", "latency": "ErrorBudgetBurn"}
    expected = {(names.get(name, name), severity) for severity, name in muted}
    told = {(names.get(n, n), s) for s, n in alerts if (s, n) not in muted}
    eventually(lambda: {(name, severity) for name, severity, _ in routing.logged()} == told)
    assert routing.muted() == expected


def test_the_watchdog_beats_on_the_local_receiver_alone(routing):
    watchdog = _alert("info", "Watchdog")
    routing.post(watchdog)
    eventually(lambda: ("Watchdog", "info", "firing") in routing.logged())
    routing.post(_alert("P1", service="shop", environment="production"))
    eventually(lambda: routing.pages() and routing.messages())
    assert len(routing.pages()) == len(routing.messages()) == 1
