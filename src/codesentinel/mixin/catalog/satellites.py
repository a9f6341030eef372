"""Satellites: procedures for agents that fail too often, and those that nobody follows any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.rule import Group, ticket

if TYPE_CHECKING:
    from codesentinel.mixin.timing import Timing

PROCEDURE_FAILING = "ProcedureFailing"
PROCEDURE_UNUSED = "ProcedureUnused"

_RUNS = "codesentinel_procedure_runs_total"
_FAILED = f'{_RUNS}{{status=~"(?i)fail.*"}}'
_FAILED_RATIO = 0.3
_FEWEST_FAILURES = 5
_UNUSED = "14d"


def satellites(timing: Timing) -> Group:
    """Tickets at the pace of trends: what is counted over days does not change within seconds."""

    def by_procedure(expr: str) -> str:
        return f"sum by (satellite, procedure) ({expr})"

    failures = by_procedure(f"increase({_FAILED}[1d])")
    pace_seconds = timing.trends_interval_seconds
    for_seconds = max(timing.ticket_for_seconds, 2 * pace_seconds)
    return Group(
        "satellites",
        (
            ticket(
                timing,
                PROCEDURE_FAILING,
                expr=(
                    f"{failures}\n/ {by_procedure(f'increase({_RUNS}[1d])')} > {_FAILED_RATIO}\n"
                    f"and {failures} >= {_FEWEST_FAILURES}"
                ),
                for_seconds=for_seconds,
                summary="Agents fail at a procedure",
                description=(
                    "{{ $labels.satellite }}/{{ $labels.procedure }}: {{ $value | humanizePercentage }} of "
                    "the runs of the last day failed."
                ),
            ),
            ticket(
                timing,
                PROCEDURE_UNUSED,
                expr=f"{by_procedure(_RUNS)} == {by_procedure(f'{_RUNS} offset {_UNUSED}')}",
                for_seconds=for_seconds,
                summary="Nobody follows a procedure any more",
                description=(
                    "{{ $labels.satellite }}/{{ $labels.procedure }}: not one run within the last two weeks, "
                    "and {{ $value }} before."
                ),
            ),
        ),
        interval_seconds=pace_seconds,
    )
