"""Satellite Health: which procedures agents use, how they end, how long they take, what is said of them."""

from __future__ import annotations

from codesentinel.mixin.dashboards import style
from codesentinel.mixin.dashboards.panel import GREEN, ORANGE, RED, Column, Dashboard, Query, Row, Variable

_RUNS = "codesentinel_procedure_runs_total"
_SECONDS = "codesentinel_procedure_duration_seconds"
_FEEDBACK = "codesentinel_procedure_feedback"
_CHOSEN = 'satellite=~"$satellite",procedure=~"$procedure"'
_BY = "by (satellite, procedure)"
_FAILED, _ABORTED = "(?i)fail.*", "(?i).*abort.*"
_NAME = "{{satellite}} {{procedure}}"
_NONE = "no run of a procedure is on record"
_NO_FEEDBACK = "no feedback on a procedure is on record"


def satellite_health() -> Dashboard:
    """Usage frequency, failure rate, task speed and feedback, as the framework names them."""
    return Dashboard(
        "satellite-health",
        "Satellite Health",
        "Instruction files for agents: which of their procedures are used most and least, which fail, "
        "whether tasks get quicker, and what agents say of them.",
        ("satellites",),
        (_now(), _usage(), _failures(), _speed(), _feedback()),
        (
            Variable(
                "satellite",
                "Satellite",
                f"label_values({_RUNS}, satellite)",
                "Instruction files, by name.",
                may_be_empty=_NONE,
            ),
            Variable(
                "procedure",
                "Procedure",
                f'label_values({_RUNS}{{satellite=~"$satellite"}}, procedure)',
                "Procedures of the satellites chosen.",
                may_be_empty=_NONE,
            ),
        ),
        span="30d",
        refresh="1m",
    )


def _increase(metric: str, *matchers: str, window: str = "$__range") -> str:
    return f"increase({metric}{{{','.join((_CHOSEN, *matchers))}}}[{window}])"


def _ratio(status: str, by: str = "") -> str:
    """Share of the runs that ended so; 0 where none did."""
    matcher = f'status=~"{status}"'
    ended = f"sum{by} ({_increase(_RUNS, matcher)})"
    every = f"sum{by} ({_increase(_RUNS)})"
    return f"({ended} or {every} * 0) / ({every} > 0)"


def _quantile(quantile: float, *by: str) -> str:
    kept = ", ".join(("le", *by))
    return f"histogram_quantile({quantile:g}, sum by ({kept}) ({_increase(f'{_SECONDS}_bucket')}))"


def _mean(metric: str, by: str) -> str:
    return f"sum{by} ({_increase(f'{metric}_sum')}) / (sum{by} ({_increase(f'{metric}_count')}) > 0)"


def _now() -> Row:
    form = {"width": 6, "sparkline": False, "may_be_empty": _NONE}
    return Row(
        "In the time shown",
        (
            style.stat("Runs", "Runs of procedures.", f"sum({_increase(_RUNS)})", decimals=0, **form),
            style.stat(
                "Failure rate",
                "Share of runs that failed.",
                _ratio(_FAILED),
                unit=style.RATIO,
                minimum=0,
                steps=style.scale((0.1, ORANGE), (0.3, RED)),
                **form,
            ),
            style.stat(
                "Aborted",
                "Share of runs that the agent gave up.",
                _ratio(_ABORTED),
                unit=style.RATIO,
                minimum=0,
                steps=style.scale((0.1, ORANGE), (0.3, RED)),
                **form,
            ),
            style.stat(
                "Median time to completion",
                "Half of the runs took less.",
                _quantile(0.5),
                unit=style.SECONDS,
                **form,
            ),
        ),
    )


def _usage() -> Row:
    runs = f"sum {_BY} ({_increase(_RUNS)})"
    return Row(
        "Usage",
        (
            style.bars(
                "Used most",
                "The ten procedures with most runs in the time shown.",
                Query(f"topk(10, {runs})", _NAME),
                decimals=0,
                may_be_empty=_NONE,
            ),
            style.bars(
                "Used least",
                "The ten procedures with fewest runs: perhaps nobody needs them any more.",
                Query(f"bottomk(10, {runs})", _NAME),
                decimals=0,
                may_be_empty=_NONE,
            ),
            style.trend(
                "Runs over time",
                "Runs of each procedure within each step.",
                Query(f"sum {_BY} ({_increase(_RUNS, window='$__rate_interval')})", _NAME),
                stacked=True,
                may_be_empty=_NONE,
            ),
        ),
    )


def _failures() -> Row:
    return Row(
        "Failures",
        (
            style.table(
                "Procedures",
                "A procedure that fails often may be unclear, wrong or too complex.",
                (
                    f"sum {_BY} ({_increase(_RUNS)})",
                    _ratio(_FAILED, f" {_BY}"),
                    _ratio(_ABORTED, f" {_BY}"),
                    _quantile(0.5, "satellite", "procedure"),
                    _quantile(0.95, "satellite", "procedure"),
                ),
                (
                    Column("satellite", "Satellite"),
                    Column("procedure", "Procedure"),
                    Column("Value #A", "Runs", style.COUNT, 0),
                    Column("Value #B", "Failed", style.RATIO, 1, style.scale((0.1, ORANGE), (0.3, RED))),
                    Column("Value #C", "Aborted", style.RATIO, 1, style.scale((0.1, ORANGE), (0.3, RED))),
                    Column("Value #D", "Median", style.SECONDS, 0),
                    Column("Value #E", "p95", style.SECONDS, 0),
                ),
                sorted_by="Failed",
                width=16,
                may_be_empty=_NONE,
            ),
            style.trend(
                "Runs by end",
                "How runs ended within each step, and who said so: an agent may report what no hook saw.",
                Query(
                    f"sum by (status, status_source) ({_increase(_RUNS, window='$__rate_interval')})",
                    "{{status}} ({{status_source}})",
                ),
                stacked=True,
                may_be_empty=_NONE,
            ),
        ),
    )


def _speed() -> Row:
    return Row(
        "Task speed",
        (
            style.trend(
                "Average time to completion",
                "Average of the span before each point that the page shows: falling means quicker.",
                Query(_mean(_SECONDS, f" {_BY}"), _NAME),
                unit=style.SECONDS,
                width=12,
                may_be_empty=_NONE,
            ),
            style.heatmap(
                "Times to completion",
                "How many runs took how long.",
                f"sum by (le) ({_increase(f'{_SECONDS}_bucket', window='$__rate_interval')})",
                unit=style.SECONDS,
                width=12,
                may_be_empty=_NONE,
            ),
        ),
    )


def _feedback() -> Row:
    return Row(
        "Feedback",
        (
            style.bars(
                "Clarity and usefulness",
                "Mean answers from 1 (bad) to 5 (good), of the time shown.",
                Query(_mean(_FEEDBACK, " by (satellite, procedure, question)"), f"{_NAME} {{{{question}}}}"),
                width=12,
                decimals=1,
                maximum=5,
                steps=style.scale((3, ORANGE), (4, GREEN), below=RED),
                may_be_empty=_NO_FEEDBACK,
            ),
            style.trend(
                "Feedback over time",
                "Mean answers over as long as the page shows, before each point.",
                Query(_mean(_FEEDBACK, " by (question)"), "{{question}}"),
                width=12,
                maximum=5,
                may_be_empty=_NO_FEEDBACK,
            ),
        ),
    )
