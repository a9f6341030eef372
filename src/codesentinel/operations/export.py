"""``metrics export``: series of a server in a file, for whoever analyses them elsewhere."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from codesentinel.act import new_file, sample_table
from codesentinel.analysis.backfill.tally import Tally
from codesentinel.capture.http_stream import without_credentials
from codesentinel.model.errors import NoData, UsageError
from codesentinel.model.export_view import Exported
from codesentinel.operations.backfill.server import ServerSamples, Wanted
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.endpoints import endpoints

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FORMATS = ("parquet", "csv", "jsonl")


def _facts(done: Exported) -> Mapping[str, object]:
    return {"samples": done.samples, "series": done.series, "size_bytes": done.size_bytes}


@operation("metrics.export", Effect.WRITE, metadata=_facts)
def export(
    context: Context,
    *,
    path: str,
    wanted: Wanted,
    url: str = "",
    overwrite: bool = False,
    progress: Callable[[float, int], None] | None = None,
) -> Exported:
    """Write the samples of series into a Parquet, CSV or JSON lines file, whole or not at all.

    Args:
        context: where this runs.
        path: its end says the format.
        wanted: which series, and of when.
        url: the server; by default the long history of this workspace.
        overwrite: replace a file that is there.
        progress: takes the share done and the samples read.

    Raises:
        UsageError: the format is unknown, or a label is called as a column is.
        Refused: the file is there already.
        BadQuery: a selector is none.
        NoData: there is nothing; no file is made.
        Unreachable, BadAnswer: the server could not be read; no file is made.
        NotInstalled: an extra is missing.
        Failed: the file could not be written.
    """
    kind = path.rpartition(".")[2].lower()
    if kind not in FORMATS:
        raise UsageError(
            f"not known by its end: {path}",
            hint=f"let it end in .{', .'.join(FORMATS[:-1])} or .{FORMATS[-1]}",
        )
    if kind == "parquet":
        sample_table.check_duckdb()
    new_file.check_free(path, overwrite=overwrite)
    server = url or endpoints(context).history
    source = ServerSamples(context, server, wanted, progress)
    tally = Tally()
    spool, draft = new_file.draft_of(f"{path}.spool"), new_file.draft_of(path)
    try:
        labels = _spooled(source, tally, spool)
        span = tally.span_ms
        if span is None:
            shown = ", ".join(wanted.selectors)
            raise NoData(f"{without_credentials(server)} has nothing for {shown}", hint="a longer --since?")
        _converted(kind, spool, draft, labels)
        size = os.path.getsize(draft)
        new_file.publish(draft, path, overwrite=overwrite)
    finally:
        new_file.forget(spool)
        new_file.forget(draft)
    return Exported(
        without_credentials(server),
        context.relative(path),
        kind,
        tally.read,
        len(tally.series),
        span[0] / 1000,
        span[1] / 1000,
        source.left_out,
        size,
    )


def _spooled(source: ServerSamples, tally: Tally, spool: str) -> list[str]:
    """Read everything into JSON lines; the names of all labels."""
    with new_file.drafted(spool) as file:
        lines = sample_table.JsonLines(file)
        for batch in source.batches():
            tally.add(batch)
            for samples in batch:
                lines.write(samples)
    return lines.labels


def _converted(kind: str, spool: str, draft: str, labels: list[str]) -> None:
    if kind == "jsonl":
        os.rename(spool, draft)
        return
    sample_table.check_columns(labels)
    if kind == "parquet":
        sample_table.write_parquet(spool, draft, labels)
        return
    with new_file.drafted(draft) as file:
        sample_table.write_csv(spool, file, labels)
