"""``satellites review``: what to rewrite, retire or keep after a quarter."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from codesentinel import __version__
from codesentinel.act.provision import write_text
from codesentinel.analysis.satellites.health import health_of
from codesentinel.analysis.satellites.quarter import quarter_review
from codesentinel.model.errors import Failed, NoData, UsageError
from codesentinel.model.procedure_review import ADVICE, quarter_of, quarter_window
from codesentinel.operations.base import Context, operation
from codesentinel.operations.satellites.health import known_procedures, read_book
from codesentinel.render.procedure_review_markdown import quarter_markdown

if TYPE_CHECKING:
    from codesentinel.model.procedure_review import QuarterReview


def gather(context: Context, *, quarter: str = "") -> QuarterReview:
    """For each procedure what to do with it and why, from the runs that began in the quarter.

    ``quarter`` is such as ``2026Q4``; by default the one that it is now. Procedures that ran before, or stand
    in an instruction file, and did not run in it are among them.

    Raises:
        UsageError: it is no quarter, or has not begun.
        NoData: nothing is on record, and no instruction file is there.
    """
    now = time.time()
    name = quarter or quarter_of(now)
    try:
        since, end = quarter_window(name)
    except ValueError as exc:
        raise UsageError(str(exc), hint="--quarter 2026Q4") from exc
    if since >= now:
        raise UsageError(f"{name} has not begun", hint=f"--quarter {quarter_of(now)}")
    until = min(end, now)
    book, behind = read_book(context, since=since, until=until)
    known, notes = known_procedures(context)
    ran_before = {procedure for (procedure, _), seen in book.seen.items() if seen.first_at < until}
    if not known and not ran_before:
        raise NoData(
            "no procedure is known, and no run of one is on record",
            hint="see `codesentinel satellites list`",
        )
    earlier = ran_before & set(known) if known else ran_before
    found = health_of(book, known=known, notes=(*behind, *notes))
    return quarter_review(quarter_of(since), found, earlier=earlier)


review = operation(
    "satellites.review",
    metadata=lambda found: {"quarter": found.quarter, **{advice: found.count(advice) for advice in ADVICE}},
)(gather)


def save(context: Context, found: QuarterReview, path: str) -> None:
    """Write the review as Markdown; ``path`` is relative to where the command was typed.

    Raises:
        UsageError: it cannot be written there.
    """
    text = quarter_markdown(
        found, session=context.memory.session_id, version=__version__, made_at=time.time()
    )
    try:
        write_text(Path(path).absolute(), text)
    except Failed as exc:
        raise UsageError(exc.message, hint="choose another --output") from exc
    context.tell(f"written: {path}")
