"""Forecasts as files, and as series in the long history."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from codesentinel.act import new_file, sample_table
from codesentinel.analysis.backfill.tally import Tally
from codesentinel.model.errors import Failed, NoData, NotInstalled, UsageError
from codesentinel.model.samples import NAME, Samples
from codesentinel.model.timestamp import rfc3339
from codesentinel.operations.backfill.storage import Storage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.model.forecast import Forecasts
    from codesentinel.operations.base import Context

FORMATS = ("csv", "parquet", "png", "svg")
METRIC = "codesentinel_forecast"
_PICTURES = ("png", "svg")


def check(path: str, *, overwrite: bool) -> None:
    """See that the file may be written, before long work is done for it.

    Raises:
        UsageError: its format is unknown.
        Refused: it is there already.
        NotInstalled: an extra is missing.
    """
    kind = _kind(path)
    if kind not in FORMATS:
        raise UsageError(f"not known by its end: {path}", hint=f"let it end in .{', .'.join(FORMATS)}")
    if kind == "parquet":
        sample_table.check_duckdb()
    if kind in _PICTURES:
        from importlib.util import find_spec

        if not find_spec("matplotlib"):
            raise NotInstalled("plots need matplotlib", hint="pip install 'codesentinel[plots]'")
    new_file.check_free(path, overwrite=overwrite)


def write(done: Forecasts, path: str, *, overwrite: bool) -> None:
    """Write the file, whole or not at all.

    Raises:
        NoData: there is no forecast to write.
        Failed: it could not be written.
    """
    if not done.judged:
        reasons = {one.reason for one in done.series}
        raise NoData(f"no forecast could be made: {'; '.join(sorted(reasons))}")
    kind = _kind(path)
    draft = new_file.draft_of(path)
    try:
        if kind in _PICTURES:
            from codesentinel.render.trends_forecast_plot import picture

            with new_file.drafted(draft) as file:
                file.write(picture(done, kind))
        else:
            _write_table(done, kind, draft)
        new_file.publish(draft, path, overwrite=overwrite)
    finally:
        new_file.forget(draft)


def _write_table(done: Forecasts, kind: str, draft: str) -> None:
    spool = f"{draft}.spool"
    try:
        with new_file.drafted(spool) as file:
            lines = sample_table.JsonLines(file)
            for samples in samples_of(done):
                lines.write(samples)
        sample_table.check_columns(lines.labels)
        if kind == "parquet":
            sample_table.write_parquet(spool, draft, lines.labels)
            return
        with new_file.drafted(draft) as file:
            sample_table.write_csv(spool, file, lines.labels)
    finally:
        new_file.forget(spool)


def write_back(context: Context, done: Forecasts, url: str) -> int:
    """Write the forecasts into a VictoriaMetrics, and see that they arrived; how many samples.

    Each run has an ``issued`` of its own, for the storage would keep the larger of two values at one moment.

    Raises:
        Unreachable, BadAnswer: it is not there, or takes no import.
        Failed: it did not keep all.
    """
    storage, tally = Storage(url, context.tell), Tally()
    issued = rfc3339(time.time())[:16] + "Z"
    batch = [one._replace(labels={**one.labels, "issued": issued}) for one in samples_of(done)]
    if not batch:
        return 0
    tally.add(batch)
    stored = storage.store([batch], tally)
    if stored.missing:
        told = "; ".join(stored.notes) or "it keeps two days of the future unless -futureRetention says more"
        raise Failed(f"{stored.missing} of {stored.written} samples are not in the storage: {told}")
    return stored.written


def samples_of(done: Forecasts) -> Iterator[Samples]:
    """Three series for each forecast, told apart by ``bound``; ``metric`` is the name of what is forecast."""
    for one in done.series:
        if one.reason:
            continue
        labels = {("metric" if name == NAME else name): text for name, text in one.labels.items()}
        times = (one.times * 1000).round().astype("int64").tolist()
        for bound in ("mean", "lower", "upper"):
            values = getattr(one, bound).tolist()
            yield Samples({NAME: METRIC, **labels, "bound": bound}, times, values)


def _kind(path: str) -> str:
    return os.path.splitext(path)[1].removeprefix(".").lower()
