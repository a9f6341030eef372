"""A run over very many series in one line: how many, and where the results are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.render.ascii import escaped

if TYPE_CHECKING:
    from codesentinel.model.series_run import SeriesRun


def run_text(done: SeriesRun) -> str:
    """The line."""
    before = f", {done.parts_before} of {done.parts} parts done before" if done.parts_before else ""
    return (
        f"{done.series} series, {done.judged} judged{before}; {escaped(done.source)}\n"
        f"results: {escaped(done.results)}/*.jsonl, a line for each series"
    )
