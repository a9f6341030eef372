"""Checks as lines: outcome, name, detail, and the mend below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.render.ascii import escaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.model.check import Check


def check_text(checks: Sequence[Check]) -> str:
    """One line a check, and how to mend those that are not OK."""
    width = max(len(check.name) for check in checks)
    lines = []
    for check in checks:
        lines.append(
            f"{check.outcome} {' ' * (4 - len(check.outcome))}{check.name:<{width}}  {escaped(check.detail)}"
        )
        if check.mend:
            lines.append(f"     {'':<{width}}  mend: {escaped(check.mend)}")
    failed = sum(check.outcome == "FAIL" for check in checks)
    lines.append(f"{len(checks)} checks, {failed} failed" if failed else f"{len(checks)} checks, none failed")
    return "\n".join(lines)
