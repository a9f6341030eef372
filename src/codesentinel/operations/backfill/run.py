"""``metrics backfill``: check a source to its end, then write it, then look whether it arrived."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codesentinel.analysis.backfill.tally import Tally
from codesentinel.capture.http_stream import without_credentials
from codesentinel.capture.sample_files.source import SampleFile
from codesentinel.model.backfill_views import CHECKED, REFUSED, WRITTEN, Backfill
from codesentinel.model.errors import UsageError
from codesentinel.model.rows import BadRows
from codesentinel.operations.backfill.blocks import Blocks
from codesentinel.operations.backfill.source import facts, holding, labelled, mistakes, tallied, told
from codesentinel.operations.backfill.storage import Storage
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.endpoints import endpoints
from codesentinel.operations.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codesentinel.model.columns import Columns


@operation("metrics.backfill", Effect.WRITE, metadata=facts)
def backfill(
    context: Context,
    *,
    path: str,
    kind: str = "",
    columns: Columns | None = None,
    labels: Mapping[str, str] | None = None,
    url: str = "",
    openmetrics_path: str = "",
    prometheus_data: str = "",
    overwrite: bool = False,
    skip_bad: bool = False,
    dry_run: bool = False,
    progress: Callable[[str], None] | None = None,
    confirms: Callable[[str], bool] | None = None,
) -> Backfill:
    """Write the samples of a file into the long history, all of them or none.

    The file is read to its end before anything is written: one with a mistake changes nothing.

    Args:
        context: where this runs.
        path: the file.
        kind: its format; by default as its name says.
        columns: of a CSV file.
        labels: put on every series.
        url: a VictoriaMetrics; by default that of this workspace.
        openmetrics_path: write OpenMetrics for promtool there instead.
        prometheus_data: let promtool make blocks in this data folder of a Prometheus, too.
        overwrite: replace a file that is there.
        skip_bad: leave out what cannot be taken; two values at one moment are refused even so.
        dry_run: only check.
        progress: takes a line now and then.
        confirms: asked before a Prometheus' data is touched; None where nobody can be asked.

    Raises:
        UsageError: a parameter is wrong.
        Refused: a guard said no.
        Unreachable, BadAnswer: the storage did not take it. What it took stays, and may be sent again.
        Failed: a file cannot be read or written.
    """
    file = SampleFile(path, kind=kind, columns=columns)
    target = url or endpoints(context).history
    shown = prometheus_data or openmetrics_path or without_credentials(target)
    blocks = storage = None
    if prometheus_data or openmetrics_path:
        blocks = Blocks(context, openmetrics_path, prometheus_data, overwrite=overwrite)
    elif not dry_run:
        storage = Storage(target, context.tell)
    tally, bad, added = Tally(), BadRows(), labels or {}
    for _ in tallied(labelled(file.batches(bad), added, bad), tally, Progress(progress, "checked")):
        pass
    held = holding(tally, bad)
    source = f"{context.relative(path)} ({file.format})"
    done = Backfill(CHECKED, source, shown, held, bad_rows=mistakes(tally, bad))
    if tally.conflict_count or (bad.count and not skip_bad):
        return replace(done, outcome=REFUSED)
    if not held.samples:
        raise UsageError(f"there is no sample in {path}")
    again = BadRows()
    batches = labelled(file.batches(again), added, again)
    if blocks and not dry_run:
        blocks.check(tally, confirms)
        written, note = blocks.write(batches, (held.until or 0.0) - (held.since or 0.0))
        return replace(done, outcome=WRITTEN, written=written, notes=(note,))
    if storage:
        stored = storage.store(told(batches, Progress(progress, "written", held.samples)), tally)
        return replace(done, **stored._asdict())
    return done
