"""What is read of CloudWatch, as text."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from codesentinel.model.backfill_views import CHECKED
from codesentinel.model.cloudwatch.names import series_name
from codesentinel.model.cloudwatch.samples import source_of
from codesentinel.model.timestamp import rfc3339
from codesentinel.render.ascii import escaped
from codesentinel.render.process_text import aligned

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codesentinel.model.cloudwatch.views import CloudBackfill, CloudListing, CloudNewest

_MOST_LINES = 20


def listing_text(found: CloudListing) -> str:
    """A row for each name, and what a refresh of the exporter costs."""
    counts = Counter((series_name(query), source_of(query), query.period_seconds) for query in found.queries)
    rows = [("NAME", "SERIES", "PERIOD", "CLOUDWATCH")] + [
        (escaped(name), str(count), f"{period}s", escaped(source))
        for (name, source, period), count in counts.items()
    ]
    refresh = found.refresh
    lines = aligned(rows, right=(1, 2)) if counts else []
    lines.append(
        f"{len(found.queries)} series{_left_out(found.left_out)}; a refresh asks for at most"
        f" {refresh.metrics_requested} metrics in {refresh.requests} requests"
    )
    lines.append(
        f"one every {found.refresh_seconds:g} s is about {found.usd_per_day:.2f} USD a day at the list price"
    )
    return "\n".join([*lines, *_notes(found.notes)])


def newest_text(found: CloudNewest) -> str:
    """A row for each series."""
    rows = [("SERIES", "VALUE", "UNTIL")] + [
        (_series(one.name, one.labels), f"{one.value:.6g}", rfc3339(one.at)[:19].replace("T", " "))
        for one in sorted(found.samples, key=lambda one: (one.name, sorted(one.labels.items())))
    ]
    total = (
        f"{len(found.samples)} series, {found.without_data} without data lately{_left_out(found.left_out)}"
    )
    return "\n".join(
        [*aligned(rows, right=(1,)), total, *_incomplete(found.incomplete), *_notes(found.notes)]
    )


def backfill_text(done: CloudBackfill) -> str:
    """What was written, or would be, and from where."""
    lines = [
        f"{rfc3339(one.start)[:19]} to {rfc3339(one.end)[:19]} UTC, every {one.period_seconds} s"
        for one in done.windows
    ]
    expected = done.estimate
    bounds = (
        f"at most {expected.points} samples of {done.series} series, in {expected.requests} requests"
        f" for {expected.metrics_requested} metrics: about {expected.usd:.2f} USD at the list price"
    )
    target = escaped(done.target)
    if done.outcome == CHECKED:
        lines.append(f"would write into {target} {bounds}")
    else:
        found = {0: " and found there", None: "; nobody knows whether they arrived"}
        arrived = found.get(done.missing, f"; {done.missing} of them are NOT there")
        lines.append(f"{done.written} samples of {done.series} series written into {target}{arrived}")
        lines.append(f"{done.requests} requests for {done.metrics_requested} metrics")
    return "\n".join([*lines, *_incomplete(done.incomplete), *_notes(done.notes)])


def _series(name: str, labels: Mapping[str, str]) -> str:
    shown = ",".join(f'{key}="{escaped(value)}"' for key, value in sorted(labels.items()))
    return f"{escaped(name)}{{{shown}}}"


def _left_out(count: int) -> str:
    return f", {count} more left out (cloudwatch.most_series)" if count else ""


def _incomplete(lines: Iterable[str]) -> list[str]:
    return _cut([f"INCOMPLETE {escaped(line)}" for line in lines])


def _notes(notes: Iterable[str]) -> list[str]:
    return _cut([f"note: {escaped(note)}" for note in notes])


def _cut(lines: list[str]) -> list[str]:
    """The first ones, and how many more there are."""
    more = len(lines) - _MOST_LINES
    return lines if more <= 0 else [*lines[:_MOST_LINES], f"... and {more} more (--json shows all)"]
