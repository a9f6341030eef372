"""The monitoring's own pulse, an alert that always fires; and trouble with storage, rules and log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.growth import grew
from codesentinel.mixin.rule import Alert, ticket
from codesentinel.model.duration import prometheus_duration
from codesentinel.model.finding import Severity

if TYPE_CHECKING:
    from codesentinel.mixin.timing import Timing

WATCHDOG = "Watchdog"
RULES_LATE = "PrometheusRulesLate"
STORAGE_FAILING = "PrometheusStorageFailing"
REVIEW_FAILING = "CodesentinelReviewFailing"
LOG_DAMAGED = "CodesentinelLogDamaged"

_STORAGE = (
    "prometheus_tsdb_compactions_failed_total",
    "prometheus_tsdb_head_truncations_failed_total",
    "prometheus_tsdb_wal_corruptions_total",
    "prometheus_tsdb_wal_writes_failed_total",
)


def self_alerts(timing: Timing) -> tuple[Alert, ...]:
    """The watchdog first: it is for the record, and asks nobody to act while it fires."""
    return (
        _watchdog(timing),
        _rules_late(timing),
        _storage_failing(timing),
        _review_failing(timing),
        _log_damaged(timing),
    )


def _watchdog(timing: Timing) -> Alert:
    return Alert(
        WATCHDOG,
        Severity.INFO,
        expr="vector(1)",
        for_seconds=timing.page_for_seconds,
        keep_firing_for_seconds=timing.rate_window_seconds,
        summary="Alerts are evaluated and delivered",
        description=(
            "This alert always fires. Whoever receives it knows that Prometheus and Alertmanager work; its "
            "silence is the alarm."
        ),
    )


def _rules_late(timing: Timing) -> Alert:
    window = prometheus_duration(timing.event_window_seconds)
    return ticket(
        timing,
        RULES_LATE,
        expr=(
            f"increase(prometheus_rule_group_iterations_missed_total[{window}])\n"
            f"/ increase(prometheus_rule_group_iterations_total[{window}]) > 0.05"
        ),
        for_seconds=timing.cause_for_seconds,
        summary="Rules take longer than the time between two evaluations",
        description=(
            "Prometheus {{ $labels.instance }} leaves out {{ $value | humanizePercentage }} of the "
            "evaluations of {{ $labels.rule_group }}: its alerts come late and its series have gaps."
        ),
    )


def _storage_failing(timing: Timing) -> Alert:
    window = prometheus_duration(timing.event_window_seconds)
    return ticket(
        timing,
        STORAGE_FAILING,
        expr="\nor ".join(grew(counter, window) for counter in _STORAGE),
        for_seconds=timing.page_for_seconds,
        summary="Prometheus' storage fails",
        description=(
            "Prometheus {{ $labels.instance }} could not write or compact what it stored, "
            f"{{{{ $value | humanize }}}} times within {window}."
        ),
    )


def _review_failing(timing: Timing) -> Alert:
    window = prometheus_duration(timing.rate_window_seconds)
    return ticket(
        timing,
        REVIEW_FAILING,
        expr=f"max_over_time(codesentinel_review_success[{window}]) == 0",
        for_seconds=timing.cause_for_seconds,
        summary="codesentinel cannot judge anything",
        description=(
            "The periodic review of codesentinel {{ $labels.instance }} fails: its findings are missing, and "
            "that is not the same as none."
        ),
    )


def _log_damaged(timing: Timing) -> Alert:
    window = prometheus_duration(timing.event_window_seconds)
    return ticket(
        timing,
        LOG_DAMAGED,
        expr=grew("codesentinel_damaged_lines_total", window),
        for_seconds=timing.page_for_seconds,
        summary="Lines of the log are no events",
        description=(
            "The log of {{ $labels.domain }} at codesentinel {{ $labels.instance }} gained about "
            "{{ $value | humanize }} lines that cannot be read."
        ),
    )
