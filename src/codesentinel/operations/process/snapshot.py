"""Writing all processes of one moment into a file, for later comparison and forensics."""

from __future__ import annotations

from json.encoder import encode_basestring_ascii

from codesentinel.model.timestamp import rfc3339
from codesentinel.operations.base import operation
from codesentinel.operations.process.reading import LiveReading
from codesentinel.store.snapshot import write_snapshot
from codesentinel.store.strict_json import strict_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from codesentinel.model.process import Process, Scan
    from codesentinel.operations.base import Context


class Snapshot:
    """What was written, and where.

    Args:
        path: as it is shown, relative to the workspace root.
        file: the file itself.
        records: how many processes it holds.
        scan: what was read.
        term: the filter.
    """

    __slots__ = ("file", "path", "records", "scan", "term")

    def __init__(self, path: str, file: str, records: int, scan: Scan, term: str) -> None:
        self.path = path
        self.file = file
        self.records = records
        self.scan = scan
        self.term = term

    @property
    def files_modified(self) -> tuple[str, ...]:
        """For the log."""
        return (self.file,)

    def as_document(self) -> dict[str, object]:
        """The JSON shape."""
        return {
            "path": self.path,
            "records": self.records,
            "total_scanned": len(self.scan.processes),
            "unreadable": sum(self.scan.unreadable.values()),
            "coverage": self.scan.coverage(),
            "filter": self.term,
            "time": rfc3339(self.scan.time),
        }


def _facts(made: Snapshot) -> dict[str, Any]:
    return {
        "output_file": made.path,
        "record_count": made.records,
        "filter_term": made.term,
        "coverage": made.scan.coverage(),
    }


@operation("process.snapshot", action="process_snapshot", named=("limit",), metadata=_facts)
def snapshot(
    context: Context,
    *,
    match: str = "",
    limit: int = 0,
    output: str = "",
    overwrite: bool = False,
    full_argv: bool = False,
    verbose_mode: bool = False,  # noqa: ARG001 - for the record
) -> Snapshot:
    """Write one JSON line a process into a new file with mode 0600.

    Args:
        context: where this runs.
        match: a term or ``key:regexp``.
        limit: only so many, those with most memory; 0 for all.
        output: the file, relative to the folder typed in; made up from the time when empty.
        overwrite: replace a file that is there.
        full_argv: also write command lines, redacted.
        verbose_mode: whether more is shown to a person; for the record.

    Raises:
        UsageError: no such filter, or the file is there already.
        Failed: the file cannot be written.
    """
    reading = LiveReading()
    chosen = list(reading.scan.processes.values())
    if match:
        from codesentinel.model.process_filter import ProcessFilter

        wanted = ProcessFilter(match)
        reading.complete(chosen)
        chosen = [process for process in chosen if wanted.matches(process)]
    if limit > 0:
        chosen = sorted(chosen, key=lambda process: -process.rss_bytes)[:limit]
    if not match:
        reading.complete(chosen)
    moment = rfc3339(reading.scan.time)
    path = output or context.path("docs", "metrics", f"process_snapshot_{_compact(moment)}.jsonl")
    lines = _lines(chosen, reading.scan, moment, full_argv=full_argv)
    written = write_snapshot(path, lines, overwrite=overwrite, numbered=not output)
    return Snapshot(context.relative(written), written, len(chosen), reading.scan, match)


def _lines(chosen: list[Process], scan: Scan, moment: str, *, full_argv: bool) -> Iterator[bytes]:
    """A line of JSON each, put together by hand: an encoder takes twice as long."""
    if full_argv:
        from codesentinel.model.secrets import redacted  # its patterns cost as much as a hundred processes

    lineages: dict[int, str] = {}  # siblings share theirs
    for process in chosen:
        lineage = lineages.get(process.ppid)
        if lineage is None:
            lineage = lineages[process.ppid] = str(scan.ancestors(process.pid))
        argv = ""
        if full_argv:
            words = None if process.argv is None else [_spelled(word) for word in redacted(process.argv)]
            argv = f',"argv_redacted":{strict_json(words).decode()}'
        line = (
            f'{{"timestamp":"{moment}","pid":{process.pid},"handle":"{process.handle}","ppid":{process.ppid}'
            f',"ancestors":{lineage},"name":{_quoted(process.name)}'
            f',"username":{_quoted(process.username)},"status":"{process.status}"'
            f',"rss_bytes":{process.rss_bytes},"cpu_seconds":{process.cpu_seconds}'
            f',"start_time":"{rfc3339(process.start_time)}","threads":{process.threads}'
            f',"argv_shape":{_quoted(process.argv_shape)}{argv}}}'
        )
        yield line.encode("ascii")


def _quoted(text: str) -> str:
    return encode_basestring_ascii(text if text.isascii() else _spelled(text))


def _spelled(text: str) -> str:
    """Bytes of a name that are no UTF-8, spelled out."""
    return text.encode("utf-8", "backslashreplace").decode()


def _compact(moment: str) -> str:
    """``2026-11-24T10:15:30.123+00:00`` as ``20261124_101530``."""
    return moment[:19].replace("-", "").replace(":", "").replace("T", "_")
