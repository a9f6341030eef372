"""VictoriaMetrics' JSON lines, as its export writes them: ``{"metric", "values", "timestamps"}``."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

import msgspec

from codesentinel.capture.sample_files.batches import SAMPLES
from codesentinel.model.rows import LATEST_MS
from codesentinel.model.samples import NAME, Samples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from codesentinel.capture.sample_files.batches import Batch
    from codesentinel.model.rows import BadRows


class _Line(msgspec.Struct):
    metric: dict[str, str]
    values: list[float]
    timestamps: list[int]


def read_json_lines(file: BinaryIO, bad: BadRows) -> Iterator[Batch]:
    """Its samples, a line at once."""
    decode = msgspec.json.Decoder(_Line).decode
    batch: Batch = []
    waiting = 0
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            samples = _samples(decode(line))
        except ValueError as exc:  # msgspec's errors are some
            bad.add(number, str(exc))
            continue
        batch.append(samples)
        waiting += len(samples.times_ms)
        if waiting >= SAMPLES:
            yield batch
            batch, waiting = [], 0
    yield batch


def _samples(line: _Line) -> Samples:
    """Those of a line.

    Raises:
        ValueError: they cannot be stored.
    """
    if not line.metric.get(NAME):
        raise ValueError(f"no {NAME} in metric")
    if len(line.values) != len(line.timestamps):
        raise ValueError(f"{len(line.values)} values for {len(line.timestamps)} timestamps")
    if not all(map(isfinite, line.values)):
        raise ValueError("a value that cannot be stored: no NaN, no infinity")
    if line.timestamps and not 0 < min(line.timestamps) <= max(line.timestamps) <= LATEST_MS:
        raise ValueError("a time that is not within the years 1970 to 9999")
    return Samples({k: v for k, v in line.metric.items() if v}, line.timestamps, line.values)
