"""What ``review`` says of rollouts: those that were cut off, and that nobody goes on with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.act.single import is_held
from codesentinel.analysis.rollout.attention import cut_off_finding
from codesentinel.model.errors import Failed
from codesentinel.model.report import Source
from codesentinel.operations.canary.rollout_journal import Journal

if TYPE_CHECKING:
    from codesentinel.model.finding import Finding
    from codesentinel.operations.base import Context


def has_rollouts(context: Context) -> bool:
    """Whether there has ever been one in this workspace."""
    return (context.state_dir / "canary").is_dir()


def rollouts_cut_off(context: Context, now: float) -> tuple[list[Finding], Source]:
    """A finding for each."""
    folders = sorted(path for path in (context.state_dir / "canary").iterdir() if path.is_dir())
    found: list[Finding] = []
    for folder in folders:
        try:
            progress = None if is_held(folder / "lock") else Journal(folder).progress
        except Failed as exc:
            return found, Source("rollouts", judged=False, reason=exc.message)
        if progress is not None:
            found.append(cut_off_finding(folder.name, progress, now))
    return found, Source("rollouts", judged=True, checked=len(folders))
