"""Processes as tables and trees; every foreign word is escaped."""

from __future__ import annotations

from codesentinel.render.ascii import escaped
from codesentinel.render.quantity import bytes_text, ratio_text, seconds_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.model.process import Process, Scan
    from codesentinel.model.process_views import ProcessGroup, ProcessTable, ProcessTree

_NAME_WIDTH, _COMMAND_WIDTH = 32, 200


def table_text(table: ProcessTable, *, verbose: bool = False) -> str:
    """One line a process; with ``verbose`` the command line's shape, or the redacted command line."""
    rows = [("PID:HANDLE", "USER", "STATE", "MEMORY", "CPU", "CPU TIME", "AGE", "COMMAND")]
    rows += [
        (
            process.handle,
            escaped(process.username, _NAME_WIDTH),
            process.status,
            bytes_text(process.rss_bytes),
            ratio_text(process.cpu_ratio),
            seconds_text(process.cpu_seconds),
            seconds_text(table.scan.time - process.start_time),
            _command(process, table.commands.get(process.pid), verbose=verbose),
        )
        for process in table.processes
    ]
    shown, total = len(table.processes), len(table.scan.processes)
    window = f"over {table.window_seconds:.2g}s" if table.window_seconds else "mean since each began"
    return "\n".join(
        [
            *aligned(rows, right=(3, 4, 5, 6)),
            f"{shown} of {total} processes; CPU: {window}{_coverage(table.scan)}",
        ]
    )


def tree_text(tree: ProcessTree) -> str:
    """The ancestors from the top, the process itself marked, and what is below it."""
    lines = []
    for level, process in enumerate(reversed(tree.ancestors)):
        lines.append(f"  {'  ' * level}{_node(process)}")
    start = len(lines)
    for level, process, hidden in tree.rows():
        more = f"  (+{hidden} children not shown)" if hidden else ""
        mark = ">" if level == 0 else " "
        lines.append(f"{mark} {'  ' * (start + level)}{_node(process)}{more}")
    below = len(tree.rows()) - 1
    lines.append(f"{len(tree.ancestors)} ancestors, {below} descendants{_coverage(tree.scan)}")
    return "\n".join(lines)


def groups_text(groups: Sequence[ProcessGroup], now: float) -> str:
    """One line a group."""
    rows = [("GROUP", "COUNT", "MEMORY", "CPU", "CPU TIME", "THREADS", "OLDEST")]
    rows += [
        (
            escaped(one.name, 60),
            str(one.count),
            bytes_text(one.rss_bytes),
            ratio_text(one.cpu_ratio),
            seconds_text(one.cpu_seconds),
            str(one.threads),
            seconds_text(now - one.oldest_start_time),
        )
        for one in groups
    ]
    return "\n".join(aligned(rows, right=(1, 2, 3, 4, 5, 6)))


def snapshot_text(path: str, records: int, scan: Scan) -> str:
    """Where it was written and what it holds."""
    return f"{escaped(path)}: {records} of {len(scan.processes)} processes{_coverage(scan)}"


def aligned(rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> list[str]:
    """Columns as wide as their widest cell, the last one as it is."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    last = len(widths) - 1
    lines = []
    for row in rows:
        cells = [
            cell
            if index == last and index not in right
            else cell.rjust(width)
            if index in right
            else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def _command(process: Process, full: str | None, *, verbose: bool) -> str:
    name = escaped(process.name, _NAME_WIDTH)
    name = f"[{name}]" if process.is_kernel_thread else name
    if full is not None:
        return escaped(full, _COMMAND_WIDTH)
    return f"{name}  {escaped(process.argv_shape, _COMMAND_WIDTH)}".rstrip() if verbose else name


def _node(process: Process) -> str:
    facts = (
        process.handle,
        escaped(process.username, _NAME_WIDTH),
        process.status,
        bytes_text(process.rss_bytes),
    )
    return f"{_command(process, None, verbose=False)}  ({', '.join(facts)})"


def _coverage(scan: Scan) -> str:
    """What could not be seen, in words; empty when everything was."""
    notes = [f"{count} unreadable ({reason})" for reason, count in scan.unreadable.items()]
    notes += [f"{scan.vanished} ended meanwhile"] if scan.vanished else []
    notes += ["hidepid keeps other users' processes from us"] if scan.is_partial else []
    return "".join(f"; {note}" for note in notes)
