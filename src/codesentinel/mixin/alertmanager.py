"""Alertmanager's configuration: who is told, how soon, and what stays unsaid.

Every notification goes to the local receiver, which writes it to the log; a P1 goes to PagerDuty and to
Slack as well, a P2 to Slack alone, where a file with the key is named. Keys never stand in the text. The
watchdog goes to the local receiver alone, again and again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codesentinel.mixin import notification
from codesentinel.mixin.catalog import monitoring_self, objectives, services, targets
from codesentinel.mixin.objectives import AVAILABILITY, LATENCY
from codesentinel.mixin.yaml_text import yaml_text
from codesentinel.model.duration import prometheus_duration
from codesentinel.model.finding import Severity

if TYPE_CHECKING:
    from codesentinel.mixin.timing import Timing

LOCAL = "local"
PAGERDUTY = "pagerduty"
SLACK = "slack"

_ANY = f'severity=~"{Severity.P1.value}|{Severity.P2.value}"'
_PAGE = f'severity="{Severity.P1.value}"'
_TICKET = f'severity="{Severity.P2.value}"'
_SAME_THING = (
    *("alertname", "service", "environment", "job", "instance"),
    *("mountpoint", "device", "remote_name", "slo", "group", "kind", "satellite", "procedure"),
)
"""Two alerts that agree on these, where absent counts as equal, are about the same thing."""

_GROUP_BY = ("alertname", "service", "environment")
"""Production must not join staging's incident."""


@dataclass(frozen=True, slots=True)
class Receivers:
    """Where notifications go.

    Attributes:
        local_url: takes Alertmanager's webhook for every notification.
        pagerduty_routing_key_file: file with the Events v2 routing key; None leaves PagerDuty out.
        pagerduty_url: Events v2 endpoint; empty means PagerDuty's own.
        slack_webhook_url_file: file with the incoming webhook's URL; None leaves Slack out.
        slack_channel: the channel named in a message.
    """

    local_url: str
    pagerduty_routing_key_file: str | None = None
    pagerduty_url: str = ""
    slack_webhook_url_file: str | None = None
    slack_channel: str = "#alerts"


def alertmanager_config(receivers: Receivers, timing: Timing) -> str:
    """The text of ``alertmanager.yml``."""
    return yaml_text(
        {
            "route": _route(receivers, timing),
            "inhibit_rules": _inhibit_rules(),
            "receivers": _receivers(receivers),
        }
    )


def _route(receivers: Receivers, timing: Timing) -> dict[str, Any]:
    """A tree of one level: each remote receiver passes on what it takes, the last one takes all."""
    routes: list[dict[str, Any]] = [_pulse(timing)]
    if receivers.pagerduty_routing_key_file:
        routes.append({"receiver": PAGERDUTY, "matchers": [_PAGE], "continue": True})
    if receivers.slack_webhook_url_file:
        slack = {"receiver": SLACK, "matchers": [_ANY], "group_by": [*_GROUP_BY, "severity"]}
        routes.append(slack | {"continue": True})  # a page and its ticket are two messages
    return {
        "receiver": LOCAL,
        "group_by": list(_GROUP_BY),
        "group_wait": prometheus_duration(timing.group_wait_seconds),
        "group_interval": prometheus_duration(timing.group_interval_seconds),
        "repeat_interval": prometheus_duration(timing.repeat_interval_seconds),
        "routes": [*routes, {"receiver": LOCAL}],
    }


def _pulse(timing: Timing) -> dict[str, Any]:
    """The watchdog beats at a pace of its own, and never among other alerts."""
    pace = prometheus_duration(timing.pulse_seconds)
    return {
        "receiver": LOCAL,
        "matchers": [f'alertname="{monitoring_self.WATCHDOG}"', f'severity="{Severity.INFO.value}"'],
        "group_by": ["alertname"],
        "group_wait": "0s",
        "group_interval": pace,
        "repeat_interval": pace,
    }


def _inhibit_rules() -> list[dict[str, Any]]:
    """A P1 mutes its P2; what is down mutes its symptoms; a fault mutes the budget that it burns.

    Where the scrape names no environment, a job is down only when it is down in all of them, so that
    muting the symptoms of every environment is right; where it names one, only that one's are muted. A
    fault that pages or is a ticket already needs no second call because it spends a budget; a budget that
    pages mutes the ticket of the fault. No rule mutes in both directions.
    """
    down = f'alertname="{targets.TARGET_DOWN}"'
    burn = f'alertname="{objectives.BUDGET_BURN}"'
    names = (services.ERROR_RATE_HIGH, services.LATENCY_HIGH, objectives.BUDGET_BURN)
    symptoms = f'alertname=~"{"|".join(names)}"'
    where = ("service", "environment")
    rules = [
        _inhibit([_PAGE], [_TICKET], _SAME_THING),
        _inhibit([down, _PAGE], [down, _TICKET], ("job", "service", "environment")),
        _inhibit([down, _PAGE, 'environment!=""'], [symptoms], where),
        _inhibit([down, _PAGE, 'environment=""'], [symptoms], ("service",)),
    ]
    for fault, slo in (
        (services.ERROR_RATE_HIGH, AVAILABILITY),
        (services.LATENCY_HIGH, LATENCY),
    ):
        is_fault, is_burn = f'alertname="{fault}"', [burn, f'slo="{slo}"']
        rules += [
            _inhibit([is_fault, _PAGE], is_burn, where),
            _inhibit([is_fault, _TICKET], [*is_burn, _TICKET], where),
            _inhibit([*is_burn, _PAGE], [is_fault, _TICKET], where),
        ]
    return rules


def _inhibit(source: list[str], target: list[str], equal: tuple[str, ...]) -> dict[str, Any]:
    return {"source_matchers": source, "target_matchers": target, "equal": list(equal)}


def _receivers(receivers: Receivers) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": LOCAL, "webhook_configs": [{"url": receivers.local_url, "send_resolved": True}]}
    ]
    if receivers.pagerduty_routing_key_file:
        event = notification.pagerduty(receivers.pagerduty_routing_key_file, receivers.pagerduty_url)
        found.append({"name": PAGERDUTY, "pagerduty_configs": [event]})
    if receivers.slack_webhook_url_file:
        message = notification.slack(receivers.slack_webhook_url_file, receivers.slack_channel)
        found.append({"name": SLACK, "slack_configs": [message]})
    return found
