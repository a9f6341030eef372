"""``metrics backfill --from``: samples of one server into another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codesentinel.analysis.backfill.tally import Tally
from codesentinel.capture.http_stream import without_credentials
from codesentinel.model.backfill_views import CHECKED, REFUSED, Backfill
from codesentinel.model.errors import NoData
from codesentinel.model.rows import BadRows
from codesentinel.operations.backfill.server import ServerSamples, Wanted
from codesentinel.operations.backfill.source import facts, holding, labelled, mistakes, tallied
from codesentinel.operations.backfill.storage import Storage
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.endpoints import endpoints
from codesentinel.operations.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@operation("metrics.copy", Effect.WRITE, metadata=facts)
def copy(
    context: Context,
    *,
    source_url: str,
    wanted: Wanted,
    labels: Mapping[str, str] | None = None,
    url: str = "",
    dry_run: bool = False,
    progress: Callable[[float, int], None] | None = None,
) -> Backfill:
    """Copy samples of a Prometheus into the long history, window by window.

    Args:
        context: where this runs.
        source_url: a Prometheus, a VictoriaMetrics, or what speaks like one.
        wanted: which series, and of when.
        labels: put on every series; one that has one of them otherwise is left out.
        url: a VictoriaMetrics; by default that of this workspace.
        dry_run: only read.
        progress: takes the share done and the samples read.

    Raises:
        BadQuery: a selector is none.
        NoData: there is nothing.
        Unreachable, BadAnswer: a server did not do its part. What was written stays, and may be sent again.
        NotInstalled: the numerical library is missing.
    """
    target = url or endpoints(context).history
    source = ServerSamples(context, source_url, wanted, progress)
    storage = None if dry_run else Storage(target, context.tell)
    tally, bad = Tally(), BadRows()
    batches = tallied(labelled(source.batches(), labels or {}, bad), tally, Progress(None, "copied"))
    shown = without_credentials(source_url)
    done = Backfill(CHECKED, shown, without_credentials(target), holding(tally, bad))
    if storage:
        done = replace(done, **storage.store(batches, tally)._asdict())
    else:
        for _ in batches:
            pass
    held = holding(tally, bad)
    if not held.samples and not bad.count:
        raise NoData(f"{shown} has nothing for {', '.join(wanted.selectors)}", hint="a longer --since?")
    notes = done.notes
    if source.left_out:
        notes = (*notes, f"{source.left_out} values were NaN or infinite, which cannot be stored")
    outcome = REFUSED if not held.samples else done.outcome
    held = replace(held, left_out=held.left_out + source.left_out)
    return replace(done, outcome=outcome, holding=held, bad_rows=mistakes(tally, bad), notes=notes)
