"""How the last attacks on codesentinel itself came out: a row of the System Overview."""

from __future__ import annotations

from codesentinel.mixin.catalog import calamum
from codesentinel.mixin.dashboards import style
from codesentinel.mixin.dashboards.panel import Column, Row


def guards() -> Row:
    """One table: a line for each target that calamum ever attacked here."""

    def cases(outcome: str) -> str:
        return f'sum by (target) ({calamum.CASES}{{outcome="{outcome}"}})'

    return Row(
        "Guards of codesentinel",
        (
            style.table(
                "Attacked by calamum",
                "How the last attack on each part of codesentinel came out, and how long ago it was. What is "
                "broken went wrong by itself and says nothing; a skipped case says why in the run's record.",
                (
                    f"time() - max by (target) ({calamum.LAST_RUN})",
                    *(cases(outcome) for outcome in ("held", "failed", "broken", "skipped")),
                ),
                (
                    Column("target", "Target"),
                    Column("Value #A", "Last run ago", style.SECONDS, 0),
                    Column("Value #B", "Held", style.COUNT, 0),
                    Column("Value #C", "Failed", style.COUNT, 0, style.NONE_WANTED),
                    Column("Value #D", "Broken", style.COUNT, 0, style.NONE_WANTED),
                    Column("Value #E", "Skipped", style.COUNT, 0),
                ),
                sorted_by="Failed",
                may_be_empty="calamum has not been run in this workspace",
            ),
        ),
    )
