"""One recorded sample as a line of JSON.

``key`` lines hold every process, the lines between only those that have run, and the ids of those that are
gone. A row is ``[pid, start_ticks, [what changes], [what stays] or null]``.
"""

from __future__ import annotations

from codesentinel.model.process import Process
from codesentinel.model.process_sample import Host, Sampled
from codesentinel.model.timestamp import rfc3339
from codesentinel.store.strict_json import strict_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from codesentinel.model.process_sample import Sample


def encoded(sample: Sample, before: Mapping[int, Sampled], *, key: bool) -> bytes:
    """One line: what differs from the sample before, or with an empty one, everything."""
    rows = []
    for pid, one in sample.processes.items():
        was = before.get(pid)
        if was is not one:
            rows.append(_row(one, was))
    gone = [pid for pid in before if pid not in sample.processes]
    host = {name: getattr(sample.host, name) for name in Host.__slots__}
    return strict_json(
        {
            "timestamp": rfc3339(sample.time),
            "time": sample.time,
            "key": key,
            "rows": rows,
            "gone": gone,
            "host": host,
            "coverage": sample.coverage,
        }
    )


def _row(one: Sampled, before: Sampled | None) -> list[Any]:
    process = one.process
    changing = [
        process.ppid,
        process.state,
        process.threads,
        one.cpu_seconds,
        process.children_cpu_seconds,
        process.rss_bytes,
        process.vms_bytes,
        process.faults,
        one.waited_seconds,
        one.private_bytes,
        one.fds,
        one.fds_limit,
    ]
    staying = _staying(one)
    same = before is not None and before.process.identity == process.identity
    told = same and before is not None and _staying(before) == staying
    if not told:
        staying.insert(_START_TIME, process.start_time)
    return [process.pid, process.start_ticks, changing, None if told else staying]


_START_TIME = 5
"""Where it stands in a row. It follows from the start tick, so it is no reason to write the others again."""


def _staying(one: Sampled) -> list[Any]:
    """What is written again only when it is something else, less the start time."""
    process = one.process
    return [
        process.handle,
        _text(process.name),
        process.uid,
        process.username,
        process.flags,
        _text(one.exe),
        one.argv_digest,
        _text(process.argv_shape),
    ]


def from_row(
    pid: int, ticks: int, changing: list[Any], staying: list[Any] | None, before: Sampled | None
) -> Sampled:
    """The process of one row, which may continue an earlier one.

    Raises:
        ValueError: it continues one that is not there, or has not these fields.
    """
    ppid, state, threads, cpu, children_cpu, rss, vms, faults, waited, private, fds, limit = changing
    if staying is None:
        if before is None or before.process.start_ticks != ticks:
            raise ValueError("a row without what it continues")
        was = before.process
        staying = [
            was.handle,
            was.name,
            was.uid,
            was.username,
            was.flags,
            was.start_time,
            before.exe,
            before.argv_digest,
            was.argv_shape,
        ]
    handle, name, uid, username, flags, start_time, exe, digest, shape = staying
    process = Process(
        pid, ppid, name, state, flags, uid, threads, cpu, children_cpu, ticks, start_time, rss, vms, faults
    )
    process.handle, process.username, process.argv_shape = handle, username, shape
    return Sampled(
        process,
        cpu_seconds=cpu,
        waited_seconds=waited,
        private_bytes=private,
        fds=fds,
        fds_limit=limit,
        exe=exe,
        argv_digest=digest,
    )


def _text(foreign: str) -> str:
    """Bytes that are no UTF-8 spelled out."""
    return foreign if foreign.isascii() else foreign.encode("utf-8", "backslashreplace").decode()
