"""``profile report``, ``diff``, ``list`` and ``latest``: what the profiles on record say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.analysis.efficiency.profiles.diff import LEVEL, SMALLEST, Work
from codesentinel.analysis.efficiency.profiles.diff import diff as compared
from codesentinel.analysis.efficiency.profiles.hot import report as reported
from codesentinel.model.errors import UsageError
from codesentinel.operations.base import Context, operation
from codesentinel.operations.profile import shelf
from codesentinel.operations.profile.chosen import chosen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.model.profile import Stored
    from codesentinel.model.profile_views import Diff, Report

_HIGHEST_LEVEL = 0.5


def _facts(found: Diff) -> Mapping[str, Any]:
    return {"slower": len(found.slower), "faster": len(found.faster), "tested": found.tested}


@operation("profile.report")
def report(
    context: Context, *, profile: str = "latest", service: str = "", kind: str = "", on_record: bool = False
) -> Report:
    """The hot functions, modules and threads of a profile, each share with its interval.

    ``profile`` is an id, a file, ``latest``, ``revision:REV``, ``before:DEPLOYMENT`` or ``after:DEPLOYMENT``;
    with ``on_record`` no file.

    Raises:
        UsageError, NoData, BadAnswer: there is no such profile.
    """
    side = chosen(context, profile, service, kind=kind, on_record=on_record)
    return reported(side.profile, side.stored)


@operation("profile.diff", metadata=_facts)
def diff(
    context: Context,
    *,
    before: str,
    after: str,
    service: str = "",
    work_before: float | None = None,
    work_after: float | None = None,
    level: float = LEVEL,
    smallest: float = SMALLEST,
    on_record: bool = False,
) -> Diff:
    """Which functions got slower or faster between two profiles, with the false discoveries bounded.

    Args:
        context: where this runs.
        before: the earlier; see :func:`report`.
        after: the later.
        service: of which service.
        work_before: how much was done while the earlier was recorded: requests, say.
        work_after: the same for the later.
        level: at most this share of what is called a change is none.
        smallest: a change below this ratio is not called one.
        on_record: no file is meant.

    Raises:
        UsageError, NoData, BadAnswer: there is no such profile, or a number is none.
    """
    if (work_before is None) != (work_after is None):
        raise UsageError("the work of one profile alone says nothing", hint="--work BEFORE AFTER")
    work = Work(work_before, work_after) if work_before is not None and work_after is not None else None
    if work and not min(work) > 0:
        raise UsageError("no work was done", hint="--work BEFORE AFTER, both above 0")
    if not 0 < level < _HIGHEST_LEVEL or not 0 <= smallest < 1:
        raise UsageError("a level lies between 0 and 0.5, the smallest change between 0 and 1")
    sides = (
        chosen(context, before, service, on_record=on_record),
        chosen(context, after, service, on_record=on_record),
    )
    return compared(*sides, work=work, level=level, smallest=smallest)


@operation("profile.list", metadata=lambda found: {"profiles": len(found)})
def profiles(
    context: Context, *, service: str = "", host: str = "", revision: str = ""
) -> tuple[Stored, ...]:
    """The profiles on record, the oldest first."""
    return tuple(shelf.stored(context, service, host, revision))
