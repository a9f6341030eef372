"""The archive index and the log as text; every foreign word is escaped."""

from __future__ import annotations

import json

from codesentinel.render.ascii import escaped
from codesentinel.render.quantity import bytes_text, seconds_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from codesentinel.model.record import (
        ArchiveRun,
        CaughtUp,
        ChainVerdict,
        Found,
        IndexAnswer,
        IndexStats,
        IndexVerdict,
        LogAnswer,
        SearchAnswer,
    )

_DETAIL_WIDTH, _NAME_WIDTH = 160, 32


def record_text(found: Found) -> str:
    """One record, readable."""
    return json.dumps(found.record, indent=2).replace("\x7f", "\\u007f")


def scan_text(answer: IndexAnswer) -> str:
    """A key a line."""
    lines = [escaped(row.key) for row in answer.rows]
    return "\n".join([*lines, f"{len(lines)} records{state_text(answer.caught_up)}"])


def subtree_text(answer: IndexAnswer) -> str:
    """The process and what is below it, indented."""
    first = answer.records[0].key.count("/")
    lines = []
    for found in answer.records:
        record = found.record or {}
        indent = "  " * (found.key.count("/") - first)
        name = escaped(str(record.get("name", "(no longer readable)")), _NAME_WIDTH)
        user = escaped(str(record.get("username", "-")), _NAME_WIDTH)
        memory = bytes_text(_number(record.get("rss_bytes")))
        cpu = seconds_text(_number(record.get("cpu_seconds")))
        pid = found.key.rpartition("/")[2]
        lines.append(f"{indent}{pid} {name} ({user}, {memory}, CPU {cpu})")
    below = len(lines) - 1
    return "\n".join([*lines, f"{below} descendants at {answer.snapshot}{state_text(answer.caught_up)}"])


def stats_text(stats: IndexStats) -> str:
    """Records by action, then the files they are in."""
    rows = [("DOMAIN", "ACTION", "RECORDS", "FAILED")]
    rows += [
        (escaped(one.domain), escaped(one.action), str(one.records), str(one.failures))
        for one in stats.counts
    ]
    lines = _columns(rows, left=2)
    rows = [("SOURCE", "LINES", "DAMAGED", "BEHIND")]
    rows += [
        (escaped(one.path), str(one.lines), str(one.damaged), bytes_text(one.behind_bytes))
        for one in stats.sources
    ]
    total = sum(one.records for one in stats.counts)
    last = f"{total} records, {bytes_text(stats.size_bytes)}{state_text(stats.caught_up)}"
    return "\n".join([*lines, "", *_columns(rows, left=1), last])


def verdict_text(verdict: IndexVerdict) -> str:
    """What is wrong with the index."""
    lines = [f"FAIL {escaped(one)}" for one in verdict.wrong]
    if lines:
        last = f"{len(lines)} mistakes; `codesentinel memory index rebuild` makes the index anew"
    else:
        last = f"OK the index agrees with the log ({verdict.compared} lines compared)"
    return "\n".join([*lines, last + state_text(verdict.caught_up)])


def log_text(answer: LogAnswer) -> str:
    """An event a line."""
    lines = [_event(found.record, found.source) for found in answer.events]
    lines += [f"WARN {escaped(note)}" for note in answer.notes]
    return "\n".join([*lines, f"{len(answer.events)} events{state_text(answer.caught_up, notes=False)}"])


def search_text(answer: SearchAnswer) -> str:
    """A line found a line."""
    lines = [_event(hit.record, hit.source) for hit in answer.hits]
    lines += [f"WARN {escaped(note)}" for note in answer.notes]
    return "\n".join([*lines, f"{len(answer.hits)} found"])


def chain_text(verdict: ChainVerdict) -> str:
    """What was found in each log, and its head, to be noted elsewhere."""
    lines = []
    for state in verdict.domains:
        lines += [
            f"FAIL {escaped(found.file)}:{found.line} (byte {found.offset}): {escaped(found.problem)}"
            for found in state.breaks
        ]
        lines += [f"WARN {escaped(file)}: not read, DuckDB is not installed" for file in state.unread]
        word = "FAIL" if state.breaks else "WARN" if state.unread else "OK"
        old = f", {state.unchained} not chained" if state.unchained else ""
        archives = f", {state.archives} archives" if state.archives else ""
        head = state.head or "none"
        lines.append(f"{word} {escaped(state.domain)}: {state.lines} lines{old}{archives}, head {head}")
    known = f"{verdict.remembered} heads known from the index"
    return "\n".join([*lines, f"{sum(len(s.breaks) for s in verdict.domains)} breaks; {known}"])


def archive_text(run: ArchiveRun) -> str:
    """What was moved."""
    verb, amount = "would be moved" if run.dry_run else "moved", bytes_text
    lines = [
        f"{escaped(one.domain)}: {one.lines} lines ({amount(one.bytes_moved)}) {verb} to {escaped(one.path)}"
        for one in run.domains
        if one.lines
    ]
    return "\n".join([*lines, f"{sum(one.lines for one in run.domains)} lines {verb}"])


def state_text(index: CaughtUp, *, notes: bool = True) -> str:
    """How far the index is behind, where it is."""
    text = ""
    if index.behind_bytes:
        why = (
            "another process is reading on" if index.busy else "`codesentinel memory index rebuild` reads all"
        )
        text = f"; the index is {bytes_text(index.behind_bytes)} behind the log, {why}"
    return text + "".join(f"\nWARN {escaped(note)}" for note in index.notes if notes)


def _event(record: dict[str, Any] | None, source: str) -> str:
    if record is None:
        return f"(a line of {escaped(source)} that can no longer be read)"
    activity = record.get("activity")
    if not isinstance(activity, dict):
        return escaped(json.dumps(record), _DETAIL_WIDTH)
    known = activity.get("metadata")
    facts = known if isinstance(known, dict) else {}
    said = " ".join(f"{name}={_plain(value)}" for name, value in facts.items() if name != "parameters")
    who, host = str(record.get("agent_id", "-")), record.get("host")
    words = (
        escaped(str(record.get("timestamp", "-"))),
        "ok" if activity.get("success", True) else "FAILED",
        escaped(str(record.get("domain", "-"))),
        escaped(str(activity.get("action", "-"))),
        escaped(f"{who}@{host}" if isinstance(host, str) else who, _NAME_WIDTH),
        escaped(said, _DETAIL_WIDTH),
    )
    return " ".join(words).rstrip()


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _columns(rows: Sequence[tuple[str, ...]], left: int) -> list[str]:
    """The first columns to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        words = [word.ljust(width) for word, width in zip(row[:left], widths[:left], strict=True)]
        words += [word.rjust(width) for word, width in zip(row[left:], widths[left:], strict=True)]
        lines.append("  ".join(words))
    return lines
