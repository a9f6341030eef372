"""How a backfill ended, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.backfill_views import CHECKED, INCOMPLETE, REFUSED, UNVERIFIED, WRITTEN
from codesentinel.model.timestamp import rfc3339
from codesentinel.render.ascii import escaped
from codesentinel.render.quantity import bytes_text

if TYPE_CHECKING:
    from codesentinel.model.backfill_views import Backfill
    from codesentinel.model.export_view import Exported

_LONGEST = 240
_METRICS = 5


def backfill_text(done: Backfill) -> str:
    """What the source holds, what is wrong with it, and what became of it."""
    held = done.holding
    lines = [f"{escaped(done.source)}: {held.samples} samples, {held.series} series, {_names(done)}"]
    if held.since is not None and held.until is not None:
        lines.append(f"from {rfc3339(held.since)} to {rfc3339(held.until)}")
    if held.repeated:
        lines.append(f"{held.repeated} samples are there twice, with the same value; that changes nothing")
    if held.unordered_series:
        lines.append(f"{held.unordered_series} series are not in the order of time")
    for line, message in done.bad_rows:
        lines.append(f"{f'line {line}: ' if line else ''}{escaped(message, _LONGEST)}")
    if held.left_out > len(done.bad_rows):
        lines.append(f"... {held.left_out} in all")
    lines += [f"note: {escaped(note)}" for note in done.notes]
    lines.append(_ending(done))
    return "\n".join(lines)


def exported_text(done: Exported) -> str:
    """What was written, and of when."""
    lines = [
        f"{escaped(done.path)}: {done.samples} samples, {done.series} series, {bytes_text(done.size_bytes)}",
        f"from {rfc3339(done.since)} to {rfc3339(done.until)}",
    ]
    if done.left_out:
        lines.append(f"{done.left_out} values were NaN or infinite, and are not in it")
    return "\n".join(lines)


def _ending(done: Backfill) -> str:
    target = escaped(done.target)
    left_out = f"; {done.holding.left_out} rows were left out" if done.holding.left_out else ""
    return {
        CHECKED: f"dry run: nothing was written to {target}{left_out}",
        WRITTEN: f"{done.written} samples written to {target}"
        + (" and found there" if done.missing == 0 else "")
        + left_out,
        REFUSED: "nothing was written: mend the source, or leave bad rows out with --skip-bad",
        INCOMPLETE: f"INCOMPLETE: {done.written} samples were sent to {target}, {done.missing} are not there",
        UNVERIFIED: f"{done.written} samples were sent to {target}; nobody knows whether they arrived",
    }[done.outcome]


def _names(done: Backfill) -> str:
    names = [escaped(name) for name in sorted(done.holding.metrics)]
    more = f" and {len(names) - _METRICS} more metrics" if len(names) > _METRICS else ""
    return ", ".join(names[:_METRICS]) + more
