"""The monitoring itself: whether rules are evaluated, alerts delivered, and samples kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.catalog.monitoring_self import self_alerts
from codesentinel.mixin.rule import Alert, Group, ticket
from codesentinel.model.duration import prometheus_duration
from codesentinel.model.finding import Severity

if TYPE_CHECKING:
    from codesentinel.mixin.timing import Timing

ALERTMANAGER_UNREACHABLE = "PrometheusCannotReachAlertmanager"
REMOTE_WRITE_BEHIND = "PrometheusRemoteWriteBehind"
REMOTE_WRITE_FAILING = "PrometheusRemoteWriteFailing"
RELOAD_FAILED = "ConfigurationReloadFailed"
RULES_FAILING = "PrometheusRuleEvaluationFailing"
NOTIFICATIONS_FAILING = "AlertmanagerNotificationsFailing"

_TICKET_BEHIND_SECONDS = 120
_PAGE_BEHIND_SECONDS = 3600
"""Prometheus keeps about two hours in its write-ahead log: what is not sent by then is lost."""

_SENT = "prometheus_remote_storage_queue_highest_sent_timestamp_seconds"
"""0 until something was sent: then it is behind since Prometheus started, and not since 1970."""

_FAILED_NOTIFICATIONS_RATIO = 0.01


def monitoring(timing: Timing) -> Group:
    """Alerts on Prometheus, Alertmanager and codesentinel."""
    return Group(
        "monitoring",
        (
            *_alertmanager_unreachable(timing),
            *_remote_write_behind(timing),
            _remote_write_failing(timing),
            _reload_failed(timing),
            _rules_failing(timing),
            _notifications_failing(timing),
            *self_alerts(timing),
        ),
    )


def _alertmanager_unreachable(timing: Timing) -> tuple[Alert, Alert]:
    window = prometheus_duration(timing.rate_window_seconds)
    sent = f"rate(prometheus_notifications_sent_total[{window}])"  # counts failed attempts too
    return (
        Alert(
            ALERTMANAGER_UNREACHABLE,
            Severity.P1,
            expr=(
                f"rate(prometheus_notifications_dropped_total[{window}])\n"
                f"/ max without (alertmanager) ({sent}) > 0.5\n"
                f"or last_over_time(prometheus_notifications_alertmanagers_discovered[{window}]) == 0"
            ),
            for_seconds=timing.page_for_seconds,
            keep_firing_for_seconds=timing.rate_window_seconds,
            summary="Prometheus reaches no Alertmanager",
            description=(
                "Prometheus {{ $labels.instance }} reaches no Alertmanager: alerts fire and nobody is told."
            ),
        ),
        Alert(
            ALERTMANAGER_UNREACHABLE,
            Severity.P2,
            expr=(
                f"rate(prometheus_notifications_errors_total[{window}]) / {sent}"
                f" > {_FAILED_NOTIFICATIONS_RATIO}"
            ),
            for_seconds=timing.ticket_for_seconds,
            keep_firing_for_seconds=timing.rate_window_seconds,
            summary="Prometheus reaches an Alertmanager only sometimes",
            description=(
                "Prometheus {{ $labels.instance }} cannot hand all alerts to {{ $labels.alertmanager }}."
            ),
        ),
    )


def _remote_write_behind(timing: Timing) -> tuple[Alert, Alert]:
    def alert(severity: Severity, above_seconds: int, for_seconds: float, summary: str) -> Alert:
        return Alert(
            REMOTE_WRITE_BEHIND,
            severity,
            expr=(
                "prometheus_remote_storage_highest_timestamp_in_seconds\n"
                f"- ignoring (remote_name, url) group_right () (\n  {_SENT} > 0\n"
                f"  or {_SENT} * 0 + on (job, instance) group_left () process_start_time_seconds\n"
                f") > {above_seconds}"
            ),
            for_seconds=for_seconds,
            keep_firing_for_seconds=timing.rate_window_seconds,
            summary=summary,
            description=(
                "Prometheus {{ $labels.instance }} is {{ $value | humanizeDuration }} behind in writing to "
                "{{ $labels.remote_name }}; after about two hours samples are lost for good."
            ),
        )

    return (
        alert(
            Severity.P1,
            _PAGE_BEHIND_SECONDS,
            timing.page_for_seconds,
            "Long-term storage is about to lose samples",
        ),
        alert(
            Severity.P2, _TICKET_BEHIND_SECONDS, timing.ticket_for_seconds, "Long-term storage falls behind"
        ),
    )


def _remote_write_failing(timing: Timing) -> Alert:
    window = prometheus_duration(timing.rate_window_seconds)
    return ticket(
        timing,
        REMOTE_WRITE_FAILING,
        expr=f"rate(prometheus_remote_storage_samples_failed_total[{window}]) > 0",
        summary="Long-term storage refuses samples",
        description=(
            "{{ $labels.remote_name }} refuses samples from Prometheus {{ $labels.instance }}: "
            "{{ $value | humanize }} per second are lost."
        ),
    )


def _reload_failed(timing: Timing) -> Alert:
    window = prometheus_duration(timing.rate_window_seconds)
    return ticket(
        timing,
        RELOAD_FAILED,
        expr=(
            f"last_over_time(prometheus_config_last_reload_successful[{window}]) == 0\n"
            f"or last_over_time(alertmanager_config_last_reload_successful[{window}]) == 0"
        ),
        summary="A server runs with an old configuration",
        description=(
            "{{ $labels.job }} at {{ $labels.instance }} could not read its configuration and goes on with "
            "the one before."
        ),
    )


def _rules_failing(timing: Timing) -> Alert:
    window = prometheus_duration(timing.rate_window_seconds)
    return ticket(
        timing,
        RULES_FAILING,
        expr=f"rate(prometheus_rule_evaluation_failures_total[{window}]) > 0",
        summary="Rules cannot be evaluated",
        description=(
            "Prometheus {{ $labels.instance }} fails to evaluate rules of {{ $labels.rule_group }}: their "
            "alerts cannot fire and their series have gaps."
        ),
    )


def _notifications_failing(timing: Timing) -> Alert:
    window = prometheus_duration(timing.rate_window_seconds)

    def rate(metric: str) -> str:  # newer servers split the counters by reason and receiver
        return f"sum without (reason, receiver_name) (rate({metric}[{window}]))"

    return ticket(
        timing,
        NOTIFICATIONS_FAILING,
        expr=(
            f"{rate('alertmanager_notifications_failed_total')}\n"
            f"/ {rate('alertmanager_notifications_total')} > {_FAILED_NOTIFICATIONS_RATIO}"
        ),
        summary="Notifications do not get through",
        description=(
            "Alertmanager {{ $labels.instance }} fails to deliver {{ $value | humanizePercentage }} of its "
            "notifications by {{ $labels.integration }}."
        ),
    )
