"""Which profile is meant by a word: an id, a file, the newest, of a revision, around a deployment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from codesentinel.analysis.efficiency.profiles.join import joined
from codesentinel.capture.profiles.files import read_file
from codesentinel.model.errors import NoData, UsageError
from codesentinel.model.profile_views import Side
from codesentinel.operations.profile.origin import deployments
from codesentinel.operations.profile.shelf import by_id, stacks_of, stored

if TYPE_CHECKING:
    from codesentinel.model.profile import Stored
    from codesentinel.operations.base import Context

SPAN_SECONDS = 24 * 3600.0
WORDS = "an id, a file, latest, revision:REV, before:DEPLOYMENT or after:DEPLOYMENT"


def chosen(
    context: Context, word: str, service: str = "", *, kind: str = "", on_record: bool = False
) -> Side:
    """The profile that the word means; several become one. With ``on_record`` no file is meant.

    Raises:
        UsageError: the word needs a service, or means several.
        NoData: there is no such profile.
        BadAnswer: a file is none.
    """
    name, colon, value = word.partition(":")
    if word in ("", "latest"):
        found = stored(context, service)[-1:]
    elif colon and name == "revision":
        found = stored(context, service, revision=value)
    elif colon and name in ("before", "after"):
        found = _around(context, service, value, later=name == "after")
    elif not on_record and (kind or os.path.sep in word or os.path.isfile(word)):
        return Side(None, read_file(word, kind), word)
    else:
        found = [by_id(context, word, service)]
    if not found:
        raise NoData(
            f"there is no profile {word} of {service}" if service else "there is no such profile on record",
            hint="record one: `codesentinel profile record`, or see `codesentinel profile list`",
        )
    whole = joined([stacks_of(context, one) for one in found])
    return Side(found[-1] if len(found) == 1 else None, whole, _told(word, found))


def _around(context: Context, service: str, identity: str, *, later: bool) -> list[Stored]:
    """The profiles of up to a day before a deployment began, or after it ended until the next."""
    if not service:
        raise UsageError("of which service?", hint="--service NAME")
    known = deployments(context, service)
    at = next(
        (n for n, one in enumerate(known) if one.id == identity),
        len(known) - 1 if identity == "latest" else -1,
    )
    if at < 0 or not known:
        raise NoData(f"no deployment {identity} of {service} is known", hint="codesentinel deploy list")
    one = known[at]
    began, ended = one.started_at or one.finished_at or 0.0, one.finished_at or 0.0
    if later:
        end = (known[at + 1].started_at or ended) if at + 1 < len(known) else float("inf")
        window = (ended, min(end, ended + SPAN_SECONDS))
    else:
        start = (known[at - 1].finished_at or 0.0) if at else 0.0
        window = (max(start, began - SPAN_SECONDS), began)
    return [
        p
        for p in stored(context, service)
        if p.started_at is not None and window[0] <= p.started_at < window[1]
    ]


def _told(word: str, found: list[Stored]) -> str:
    return found[0].id if len(found) == 1 else f"{word} ({len(found)} profiles)"
