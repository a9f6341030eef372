"""What a collector did, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.render.ascii import escaped
from codesentinel.render.quantity import bytes_text

if TYPE_CHECKING:
    from codesentinel.model.collection import CollectCheck, Collection, Compaction


def collection_text(done: Collection) -> str:
    """A line, and one for each finding."""
    parts = [f"{done.delivered} records delivered"]
    parts += [f"{done.retries} tries again"] if done.retries else []
    parts += [f"{done.dropped} dropped"] if done.dropped else []
    parts += [f"{done.buffered} wait ({bytes_text(done.buffered_bytes)})"] if done.buffered else []
    lines = [f"{escaped(done.to)} from {escaped(done.host)}: {', '.join(parts)}"]
    lines += [f"{one.severity.value} {escaped(one.summary)}" for one in done.findings]
    return "\n".join(lines)


def check_text(found: CollectCheck) -> str:
    """Whether it can be delivered, and what is to be."""
    lines = [f"FAIL {escaped(found.problem)}"] if found.problem else [f"OK {escaped(found.to)} takes objects"]
    lines += [f"note: {escaped(note)}" for note in found.notes]
    if found.buffered:
        lines.append(f"{found.buffered} records wait in the buffer ({bytes_text(found.buffered_bytes)})")
    for one in found.outstanding:
        archives = f" and {one.archives} archives" if one.archives else ""
        name = escaped(f"{one.workspace}/{one.domain}")
        lines.append(f"  {name}: {bytes_text(one.log_bytes)} of the log{archives} not read yet")
    if not found.outstanding:
        lines.append("  there is no log yet")
    return "\n".join([*lines, f"as host {escaped(found.host)}"])


def compaction_text(done: Compaction) -> str:
    """A line."""
    return f"{escaped(done.to)}: {done.removed} objects became {done.written}"
