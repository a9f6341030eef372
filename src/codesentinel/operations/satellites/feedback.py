"""``satellites feedback``: what an agent, or a person, says of a procedure that was followed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.model.errors import CodesentinelError, UsageError
from codesentinel.model.satellites import DOMAIN, FEEDBACK, START
from codesentinel.model.secrets import redacted_text
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.satellites.runs import find_run
from codesentinel.store.run_lines import latest_events_with

if TYPE_CHECKING:
    from typing import Any

LONGEST_COMMENT_BYTES = 2048
ANSWERS = (1, 2, 3, 4, 5)
_NUMBERED = re.compile(r"[^\s/]+(?:/[^\s/]+)*/PROC-[0-9]+").fullmatch


class Said(NamedTuple):
    """What is on record now. ``version`` is the one that was followed last; empty where nobody knows it."""

    satellite: str
    procedure: str
    version: str
    run_id: str | None
    clarity: int | None
    usefulness: int | None
    comment: str


@operation(
    "satellites.feedback",
    Effect.WRITE,
    action=FEEDBACK,
    unlogged=("comment",),
    metadata=lambda said: said._asdict(),
)
def feedback(
    context: Context,
    *,
    procedure: str,
    clarity: int | None = None,
    usefulness: int | None = None,
    comment: str = "",
    run: str = "",
) -> Said:
    """Record how clear and how useful a procedure was, 1 to 5, and why.

    Args:
        context: where this runs.
        procedure: its id, ``github/PROC-1``, or its title; may be empty where ``run`` is given.
        clarity: from 1, could not be followed, to 5, nothing was left to guess.
        usefulness: from 1, in the way, to 5, would not have done without.
        comment: free text; secrets are taken out, and it is cut at 2 kB.
        run: the id of the run that it is about; it says which version was followed.

    Raises:
        UsageError: nothing is said, or an answer is not 1 to 5, or several procedures are meant.
        NoData: no such procedure, or no such run.
    """
    for name, answer in (("clarity", clarity), ("usefulness", usefulness)):
        if answer is not None and (isinstance(answer, bool) or answer not in ANSWERS):
            raise UsageError(f"--{name} {answer} is none of 1 to 5", hint="1 is bad, 5 is good")
    if clarity is None and usefulness is None and not comment.strip():
        raise UsageError("nothing is said", hint="--clarity 1..5, --usefulness 1..5 or --comment TEXT")
    name, version = _meant(context, procedure, run)
    said = redacted_text(comment[: 2 * LONGEST_COMMENT_BYTES]).strip()
    return Said(
        name.rpartition("/")[0],
        name,
        version,
        run or None,
        clarity,
        usefulness,
        said.encode("utf-8", "replace")[:LONGEST_COMMENT_BYTES].decode("utf-8", "ignore"),
    )


def _meant(context: Context, procedure: str, run: str) -> tuple[str, str]:
    """The procedure's id and the version that was followed: of the run, or else of the latest one."""
    if run:
        found = find_run(context, run)
        if procedure and procedure != found.procedure:
            raise UsageError(f"that run is one of {found.procedure}", hint="leave the procedure out")
        return found.procedure, found.version
    for event in latest_events_with(context.memory.path(DOMAIN), "procedure", procedure):
        if event["activity"].get("action") == START:
            return procedure, str(_facts(event).get("version") or "")
    from codesentinel.operations.satellites.catalogue import read_catalogue, resolve

    try:
        known = resolve(read_catalogue(context), procedure)
    except CodesentinelError:
        if not _NUMBERED(procedure):
            raise
        return procedure, ""  # an id of another workspace's file is still an opinion
    return known.id, known.version


def _facts(event: dict[str, Any]) -> dict[str, Any]:
    facts = event["activity"].get("metadata")
    return facts if isinstance(facts, dict) else {}
