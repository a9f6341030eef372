"""Where samples come from, with the labels that were asked for on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.backfill_views import Holding
from codesentinel.model.rows import BadRow
from codesentinel.model.timestamp import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from codesentinel.analysis.backfill.tally import Conflict, Tally
    from codesentinel.model.backfill_views import Backfill
    from codesentinel.model.rows import BadRows
    from codesentinel.model.samples import Samples
    from codesentinel.operations.progress import Progress


def labelled(
    batches: Iterable[list[Samples]], labels: Mapping[str, str], bad: BadRows
) -> Iterator[list[Samples]]:
    """The samples with these labels, too. A series that has one of them otherwise is a bad row."""
    if not labels:
        yield from batches
        return
    for batch in batches:
        kept = []
        for samples in batch:
            clash = next((k for k in labels if samples.labels.get(k, labels[k]) != labels[k]), None)
            if clash is None:
                kept.append(samples._replace(labels={**samples.labels, **labels}))
            else:
                bad.add(0, f"the label {clash} is there already, and another one: {dict(samples.labels)}")
        yield kept


def tallied(batches: Iterable[list[Samples]], tally: Tally, progress: Progress) -> Iterator[list[Samples]]:
    """The same samples, counted on their way."""
    for batch in told(batches, progress):
        tally.add(batch)
        yield batch


def told(batches: Iterable[list[Samples]], progress: Progress) -> Iterator[list[Samples]]:
    """The same samples, their number told on their way."""
    for batch in batches:
        progress.add(sum(len(samples.times_ms) for samples in batch))
        yield batch


def holding(tally: Tally, bad: BadRows) -> Holding:
    """What was counted."""
    span = tally.span_ms
    seen = tally.series.values()
    return Holding(
        samples=tally.read,
        metrics={name: len(series) for name, series in tally.by_metric().items()},
        since=span[0] / 1000 if span else None,
        until=span[1] / 1000 if span else None,
        repeated=sum(one.repeated for one in seen),
        unordered_series=sum(not one.is_ascending for one in seen),
        left_out=bad.count,
    )


def facts(done: Backfill) -> Mapping[str, object]:
    """What the log keeps of a backfill."""
    return {
        "outcome": done.outcome,
        "samples": done.holding.samples,
        "written": done.written,
        "missing": done.missing,
    }


def mistakes(tally: Tally, bad: BadRows) -> tuple[BadRow, ...]:
    """The first bad rows, and the first moments that have two values."""
    return (*bad.first, *(BadRow(0, _two_values(conflict)) for conflict in tally.conflicts))


def _two_values(conflict: Conflict) -> str:
    one, other = conflict.values
    moment = rfc3339(conflict.time_ms / 1000)
    return f"two values at {moment}, {one!r} and {other!r}: {dict(conflict.labels)}"
