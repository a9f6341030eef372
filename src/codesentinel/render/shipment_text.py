"""What was shipped, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.render.ascii import escaped

if TYPE_CHECKING:
    from codesentinel.model.shipment import Shipment


def shipment_text(done: Shipment) -> str:
    """A line, and one more where something was refused."""
    parts = [f"{done.created} new"]
    parts += [f"{done.present} there already"] if done.present else []
    parts += [f"{done.rejected} refused"] if done.rejected else []
    lines = [f"{escaped(done.to)}: {', '.join(parts)}"]
    if done.rejected_file:
        lines.append(f"refused ones are kept, with what was said of them, in {escaped(done.rejected_file)}")
    return "\n".join(lines)
