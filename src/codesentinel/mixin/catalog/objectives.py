"""Service level objectives: how much of each error budget is spent, how fast it burns, and who is told.

Every window is added up from rates over five minutes, which are recorded for each service: a month then
costs as much to read for a service of a thousand routes as for one of three, and counts each request
once, where the mean of ratios would give a quiet night the weight of a busy noon.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.burn_windows import BURN_WINDOWS, WINDOWS_SECONDS
from codesentinel.mixin.objectives import LATENCY
from codesentinel.mixin.rule import Alert, Group, Recording
from codesentinel.model.duration import prometheus_duration
from codesentinel.model.finding import Severity

if TYPE_CHECKING:
    from codesentinel.mixin.burn_windows import BurnWindow
    from codesentinel.mixin.http_names import HttpNames
    from codesentinel.mixin.objectives import Objective, Objectives
    from codesentinel.mixin.timing import Timing

BUDGET_BURN = "ErrorBudgetBurn"
NOT_MEASURED = "ObjectiveNotMeasured"

REQUESTS_5M = "service:http_server_requests:rate5m"
ERRORS_5M = "service:http_server_errors:rate5m"
SECONDS_5M = "service:http_server_request_duration_seconds_sum:rate5m"
BUCKETS_5M = "service_le:http_server_request_duration_seconds_bucket:rate5m"

SLI_REQUESTS = "slo:sli_requests:rate5m"
SLI_ERRORS = "slo:sli_errors:rate5m"
OBJECTIVE = "slo:objective:ratio"
BUDGET = "slo:error_budget:ratio"
PERIOD = "slo:time_period:days"
BURN_RATE = "slo:current_burn_rate:ratio"
PERIOD_BURN_RATE = "slo:period_burn_rate:ratio"
BUDGET_REMAINING = "slo:period_error_budget_remaining:ratio"

_WINDOW = prometheus_duration(WINDOWS_SECONDS[0])
_DAY = 86400.0
_FEWEST_ERRORS = 10
"""In the long window; fewer are chance, and no reason to wake anybody over a service that is hardly used."""

_COVERED_RATIO = 0.5
"""Of the long window that has to be on record: the first minutes of a service are not its month."""


def error_ratio(window_seconds: float) -> str:
    """The recording of the share of bad requests over a window."""
    return f"slo:sli_error:ratio_rate{prometheus_duration(window_seconds)}"


def slo(timing: Timing, http: HttpNames, objectives: Objectives) -> Group:
    """Requests, errors and objectives; error ratios over each window; the alerts on their burn rates."""
    return Group(
        "slo",
        (
            *_by_service(http),
            *_by_objective(objectives),
            *(_ratio(window) for window in WINDOWS_SECONDS),
            Recording(BURN_RATE, f"{error_ratio(WINDOWS_SECONDS[0])} / {BUDGET}"),
            *_burn_alerts(timing, objectives),
            _not_measured(timing),
        ),
        interval_seconds=timing.objectives_interval_seconds,
    )


def budgets(objectives: Objectives) -> tuple[Recording, ...]:
    """What is left of each budget; cheap only when it is looked at now and then."""
    ratio = error_ratio(objectives.period_seconds)
    return (
        _ratio(objectives.period_seconds),
        Recording(PERIOD_BURN_RATE, f"{ratio} / {BUDGET}"),
        Recording(BUDGET_REMAINING, f"1 - {PERIOD_BURN_RATE}"),
    )


def _by_service(http: HttpNames) -> tuple[Recording, ...]:
    def rate(counter: str, *kept: str) -> str:
        return http.by_service("sum", f"rate({counter}[{_WINDOW}])", *kept)

    return (
        Recording(REQUESTS_5M, rate(http.count())),
        Recording(ERRORS_5M, f"{rate(http.count(http.is_failed))}\nor {REQUESTS_5M} * 0"),
        Recording(SECONDS_5M, rate(http.seconds())),
        Recording(BUCKETS_5M, rate(http.buckets(), "le")),
    )


def _by_objective(objectives: Objectives) -> tuple[Recording, ...]:
    days = f"{objectives.period_seconds / _DAY:g}"
    recordings: list[Recording] = []
    for name in dict.fromkeys(entry.slo for entry in objectives.entries):
        entries = [entry for entry in objectives.entries if entry.slo == name]

        def recording(record: str, terms: list[str], labels: dict[str, str]) -> Recording:
            return Recording(record, "\nor ".join(terms), labels)

        label = {"slo": name}
        recordings += [
            recording(SLI_REQUESTS, [_requests(objectives, e) for e in entries], label),
            recording(SLI_ERRORS, [_errors(objectives, e) for e in entries], label),
            recording(OBJECTIVE, [f"{_requests(objectives, e)} * 0 + {e.objective}" for e in entries], label),
        ]
    return (
        *recordings,
        Recording(BUDGET, f"1 - {OBJECTIVE}"),
        Recording(PERIOD, f"{OBJECTIVE} * 0 + {days}"),
    )


def _requests(objectives: Objectives, entry: Objective) -> str:
    matchers = objectives.matchers(entry, "service", "environment")
    return f"{REQUESTS_5M}{{{matchers}}}" if matchers else REQUESTS_5M


def _errors(objectives: Objectives, entry: Objective) -> str:
    """Failed requests; for latency those that were not answered in time."""
    matchers = objectives.matchers(entry, "service", "environment")
    if entry.slo != LATENCY:
        return f"{ERRORS_5M}{{{matchers}}}" if matchers else ERRORS_5M
    within = ", ".join(part for part in (f'le=~"{_bound(entry.within_seconds or 0)}"', matchers) if part)
    in_time = f"sum without (le) ({BUCKETS_5M}{{{within}}})"
    return f"clamp_min({_requests(objectives, entry)} - {in_time}, 0)"


def _bound(seconds: float) -> str:
    """A bucket's bound as the clients of different languages write it: ``1`` and ``1.0``."""
    text = f"{seconds:g}".replace(".", "[.]")
    return text if "." in text else f"{text}|{text}[.]0"


def _ratio(window_seconds: float) -> Recording:
    window = prometheus_duration(window_seconds)
    if window_seconds == WINDOWS_SECONDS[0]:
        return Recording(error_ratio(window_seconds), f"{SLI_ERRORS} / ({SLI_REQUESTS} > 0)")
    errors, requests = (f"sum_over_time({series}[{window}])" for series in (SLI_ERRORS, SLI_REQUESTS))
    return Recording(error_ratio(window_seconds), f"{errors}\n/ ({requests} > 0)")


def _burn_alerts(timing: Timing, objectives: Objectives) -> tuple[Alert, ...]:
    def alert(severity: Severity, for_seconds: float, summary: str) -> Alert:
        windows = [window for window in BURN_WINDOWS if window.severity is severity]
        return Alert(
            BUDGET_BURN,
            severity,
            expr="\nor ".join(_burns(window, timing, objectives.period_seconds) for window in windows),
            for_seconds=max(for_seconds, 2 * timing.objectives_interval_seconds),
            keep_firing_for_seconds=max(timing.rate_window_seconds, 2 * timing.objectives_interval_seconds),
            summary=summary,
            description=(
                "Service {{ $labels.service }}: its error budget for {{ $labels.slo }} burns "
                "{{ $value | humanize }} times as fast as it may."
            ),
        )

    return (
        alert(Severity.P1, timing.page_for_seconds, "A service spends its error budget within days"),
        alert(Severity.P2, timing.ticket_for_seconds, "A service spends its error budget too early"),
    )


def _burns(window: BurnWindow, timing: Timing, period_seconds: float) -> str:
    factor = f"{window.factor(period_seconds):.4g}"
    long = prometheus_duration(window.long_seconds)
    pace = f"{timing.objectives_interval_seconds:g}"
    covered_seconds = _COVERED_RATIO * window.long_seconds
    return (
        f"(\n  {error_ratio(window.long_seconds)} / {BUDGET} > {factor}\n"
        f"  and {error_ratio(window.short_seconds)} / {BUDGET} > {factor}\n"
        f"  and sum_over_time({SLI_ERRORS}[{long}]) * {pace} >= {_FEWEST_ERRORS}\n"
        f"  and count_over_time({SLI_REQUESTS}[{long}]) * {pace} >= {covered_seconds:g}\n)"
    )


def _not_measured(timing: Timing) -> Alert:
    return Alert(
        NOT_MEASURED,
        Severity.P2,
        expr=f"{OBJECTIVE} unless {SLI_ERRORS}",
        for_seconds=max(timing.ticket_for_seconds, 2 * timing.objectives_interval_seconds),
        keep_firing_for_seconds=max(timing.rate_window_seconds, 2 * timing.objectives_interval_seconds),
        summary="A service has an objective that its metrics cannot show",
        description=(
            "Service {{ $labels.service }}: nothing measures its objective for {{ $labels.slo }}; the time "
            "limit has to be a bound of the histogram's buckets."
        ),
    )
