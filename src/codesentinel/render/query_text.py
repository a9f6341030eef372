"""What a query gave, for the terminal and as CSV."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import numpy as np

from codesentinel.model.query_answer import values_of
from codesentinel.model.timestamp import rfc3339
from codesentinel.render.process_text import aligned
from codesentinel.stats.gaps import gaps
from codesentinel.stats.staleness import without_stale

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codesentinel.model.query_answer import QueryAnswer
    from codesentinel.model.series import Series

_HEAD = ("SAMPLES", "FIRST", "LAST", "MIN", "MEAN", "MAX", "GAPS", "SERIES")
_PLAIN = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


def query_text(answer: QueryAnswer) -> str:
    """A table with a line for each series."""
    if answer.kind == "instant":
        cells = [(_number(one.values[-1]), selector(one.labels)) for one in answer.series]
        return "\n".join([*aligned([("VALUE", "SERIES"), *cells], right=(0,)), _closing(answer)])
    rows = [_row(one, answer.step_seconds) for one in answer.series]
    table = aligned([_HEAD, *rows], right=range(len(_HEAD) - 1))
    return "\n".join([*table, _closing(answer)])


def query_csv(answer: QueryAnswer) -> str:
    """``timestamp,value,series``, a line for each sample; staleness markers are no values and left out."""
    lines = ["timestamp,value,series"]
    for one in answer.series:
        name = selector(one.labels).replace('"', '""')
        for time, value in zip(one.times.tolist(), values_of(one), strict=True):
            if value is not None:
                lines.append(f'{rfc3339(time)},{value},"{name}"')
    return "\n".join(lines)


def selector(labels: Mapping[str, str]) -> str:
    """The series as PromQL writes it, in ASCII: ``up{job="node"}``."""
    name = labels.get("__name__", "")
    plain = _PLAIN.fullmatch(name) is not None
    rest = [
        f"{key if _PLAIN.fullmatch(key) else json.dumps(key)}={json.dumps(value)}"
        for key, value in sorted(labels.items())
        if key != "__name__" or (name and not plain)
    ]
    inside = f"{{{','.join(rest)}}}" if rest else ""
    return (name if plain else "") + inside or "{}"


def _row(series: Series, step_seconds: float | None) -> Sequence[str]:
    _, values = without_stale(series.times, series.values)
    numbers = values[np.isfinite(values)]
    some = len(numbers) > 0
    return (
        str(len(series)),
        _number(values[0]) if len(values) else "-",
        _number(values[-1]) if len(values) else "-",
        _number(numbers.min()) if some else "-",
        _number(numbers.mean()) if some else "-",
        _number(numbers.max()) if some else "-",
        str(len(gaps(series.times, series.values, step_seconds))),
        selector(series.labels),
    )


def _closing(answer: QueryAnswer) -> str:
    count = len(answer.series)
    told = f"{count} series" if answer.kind == "instant" else f"{count} series, {answer.samples} samples"
    when = f"at {_time(answer.end)}"
    if answer.kind != "instant":
        when = f"from {_time(answer.start)} to {_time(answer.end)}"
    every = f", every {answer.step_seconds:g} s" if answer.step_seconds else ""
    return f"{told} {when}{every}; {answer.server}"


def _time(epoch_seconds: float) -> str:
    return f"{rfc3339(epoch_seconds)[:19].replace('T', ' ')} UTC"


def _number(value: float) -> str:
    return f"{float(value):.6g}"
