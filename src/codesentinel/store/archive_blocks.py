"""Archived lines some at a time, by pyarrow: what DuckDB reads at once would not fit a bound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.model.errors import Failed, NotInstalled

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROWS = 64
_CHAINS = 65_536


class ArchiveBlocks:
    """One archive, from the line with a number on."""

    def __init__(self, path: str, start: int = 0) -> None:
        self._path = path
        self._start = start
        self._rows: Iterator[bytes] | None = None

    def read(self, most_bytes: int) -> list[bytes]:
        """The next lines, about so many bytes of them; none at the end.

        Raises:
            Failed: the file cannot be read.
            NotInstalled: pyarrow is missing.
        """
        self._rows = self._rows or self._lines()
        found, size = [], 0
        for line in self._rows:
            found.append(line)
            size += len(line)
            if size >= most_bytes:
                break
        return found

    def number_of(self, head: str) -> int:
        """The number of the line with this chain value; -1 where there is none.

        Raises:
            Failed: the file cannot be read.
            NotInstalled: pyarrow is missing.
        """
        for batch in self._batches(["number", "chain"], _CHAINS):
            values = batch.column("chain").to_pylist()
            if head in values:
                return int(batch.column("number")[values.index(head)].as_py())
        return -1

    def _lines(self) -> Iterator[bytes]:
        for batch in self._batches(["number", "line", "raw"], _ROWS):
            rows = zip(*(batch.column(name).to_pylist() for name in ("number", "line", "raw")), strict=True)
            for number, line, raw in rows:
                if number >= self._start:
                    yield bytes.fromhex(raw) if raw is not None else (line or "").encode()

    def _batches(self, columns: list[str], rows: int) -> Iterator[Any]:
        pa = pyarrow()
        from pyarrow import parquet

        try:
            with parquet.ParquetFile(self._path) as file:
                yield from file.iter_batches(batch_size=rows, columns=columns, use_threads=False)
        except (OSError, pa.ArrowException) as exc:
            said = (str(exc).splitlines() or [type(exc).__name__])[0]
            raise Failed(
                f"the archive {self._path} cannot be read: {said}", hint="restore it from a backup"
            ) from exc


def pyarrow() -> Any:
    """The library, with as many threads as we want: none beside ours.

    Raises:
        NotInstalled: the extra is missing.
    """
    try:
        import pyarrow as pa
    except ImportError as exc:
        raise NotInstalled(
            "a fleet is collected and read by pyarrow, which is not installed",
            hint="pip install 'codesentinel[fleet]'",
        ) from exc
    return pa
