"""Filling a plain Prometheus, which takes no import: OpenMetrics text, from which promtool makes blocks."""

from __future__ import annotations

import os
import subprocess
from typing import IO, TYPE_CHECKING

from codesentinel.model.errors import Failed, NotInstalled, Refused
from codesentinel.model.samples import NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codesentinel.model.samples import Samples

_SHORTEST_HOURS, _LONGEST_HOURS, _BLOCKS = 2, 31 * 24, 20
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def write_openmetrics(file: IO[bytes], batches: Iterable[list[Samples]]) -> int:
    """Write the samples as promtool reads them, the end mark behind them; how many they were."""
    written = 0
    for batch in batches:
        for labels, times, values in batch:
            pairs = ",".join(f'{k}="{v.translate(_ESCAPES)}"' for k, v in labels.items() if k != NAME)
            head = f"{labels[NAME]}{{{pairs}}}"
            lines = [
                f"{head} {value!r} {seconds_text(time)}\n" for time, value in zip(times, values, strict=True)
            ]
            file.write("".join(lines).encode())
            written += len(times)
    file.write(b"# EOF\n")
    return written


def seconds_text(time_ms: int) -> str:
    """A time in seconds which, multiplied by 1000 and cut off as promtool does it, is the same again."""
    text = f"{time_ms // 1000}.{time_ms % 1000:03d}"
    if int(float(text) * 1000) == time_ms:
        return text
    return f"{text}1"  # a tenth of a millisecond, which the cut takes away again


def block_hours(span_seconds: float) -> int:
    """How long a block may be: promtool reads the whole file once for each."""
    hours = round(span_seconds / 3600 / _BLOCKS)
    return min(max(hours, _SHORTEST_HOURS), _LONGEST_HOURS)


def command(program: str, text: str, folder: str, span_seconds: float) -> list[str]:
    """The command line that makes blocks in a data folder."""
    hours = f"--max-block-duration={block_hours(span_seconds)}h"
    return [program, "tsdb", "create-blocks-from", "openmetrics", hours, text, folder]


def check_data_folder(folder: str) -> None:
    """See that a folder is the data of a Prometheus, or empty.

    Raises:
        Refused: it is something else.
    """
    hint = "name the --storage.tsdb.path of a Prometheus"
    try:
        names = os.listdir(folder)
    except OSError as exc:
        raise Refused(f"{folder}: {exc.strerror}", hint=hint) from exc
    if names and not {"wal", "chunks_head", "lock", "queries.active"} & set(names):
        raise Refused(f"{folder} is not empty, and holds no Prometheus' data", hint=hint)


def make_blocks(argv: Sequence[str]) -> None:
    """Run promtool.

    Raises:
        NotInstalled: it is not there.
        Failed: it says why.
    """
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
    except OSError as exc:
        raise NotInstalled(f"{argv[0]} cannot be run: {exc.strerror}", hint="`codesentinel doctor`") from exc
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise Failed(f"promtool made no blocks: {said}", hint="the OpenMetrics file is kept")
