"""A file of samples, opened and read by its format."""

from __future__ import annotations

import gzip
import os
import stat
from typing import TYPE_CHECKING

from codesentinel.model.columns import Columns
from codesentinel.model.errors import Failed, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from codesentinel.capture.sample_files.batches import Batch
    from codesentinel.model.rows import BadRows

FORMATS = ("openmetrics", "prometheus", "csv", "jsonl", "parquet")
_BY_SUFFIX = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
_COMPRESSED = ".gz"


class SampleFile:
    """Reads one file as often as it is asked to; it has to stay the same meanwhile.

    Args:
        path: a regular file; text may be compressed (``.gz``).
        kind: one of ``FORMATS``; by default what the name's end says, else OpenMetrics.
        columns: of a CSV file.

    Raises:
        UsageError: there is no such file.
    """

    def __init__(self, path: str, *, kind: str = "", columns: Columns | None = None) -> None:
        self._path = path
        self._is_compressed = path.endswith(_COMPRESSED)
        suffix = os.path.splitext(path.removesuffix(_COMPRESSED))[1].lower()
        self.format = kind or _BY_SUFFIX.get(suffix, "openmetrics")
        self._columns = columns or Columns()
        self._was = self._look()

    def batches(self, bad: BadRows) -> Iterator[Batch]:
        """All its samples; what cannot be taken goes to ``bad``.

        Raises:
            Failed: it cannot be read, or was changed since the first look.
        """
        if self._look() != self._was:
            raise Failed(f"{self._path} was changed while it was read", hint="run it again")
        try:
            if self.format == "parquet":
                from codesentinel.capture.sample_files.parquet import read_parquet

                yield from read_parquet(self._path, bad)
                return
            with open(self._path, "rb") as file:
                plain = gzip.GzipFile(fileobj=file) if self._is_compressed else file
                yield from self._read(plain, bad)  # type: ignore[arg-type]
        except (OSError, EOFError) as exc:  # a gzip file that ends too early, too
            raise Failed(f"{self._path} cannot be read: {exc}") from exc

    def _read(self, file: BinaryIO, bad: BadRows) -> Iterator[Batch]:
        from codesentinel.capture.sample_files import csv_rows, exposition, json_lines

        if self.format == "csv":
            return csv_rows.read_csv(file, bad, self._columns)
        if self.format == "jsonl":
            return json_lines.read_json_lines(file, bad)
        read = exposition.read_prometheus if self.format == "prometheus" else exposition.read_openmetrics
        return read(file, bad)

    def _look(self) -> tuple[int, int, int]:
        """What shows a change: inode, size, and time of the last change."""
        try:
            found = os.stat(self._path)
        except OSError as exc:
            raise UsageError(f"{self._path}: {exc.strerror}", hint="name a file of samples") from exc
        if not stat.S_ISREG(found.st_mode):
            raise UsageError(
                f"{self._path} is no file that can be read twice", hint="save it to a file first"
            )
        return found.st_ino, found.st_size, found.st_mtime_ns
