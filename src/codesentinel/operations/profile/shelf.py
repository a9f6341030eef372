"""Where profiles are kept: an event each, the stacks beside the log, found again by the archive index."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from codesentinel.model.errors import LogUnwritable, NoData, UsageError
from codesentinel.model.profile import Origin, Profile, Stored
from codesentinel.operations.memory_index import open_index
from codesentinel.store.index_keys import PROFILED, part
from codesentinel.store.index_query import IndexQuery
from codesentinel.store.profiles import read_stacks, write_stacks

if TYPE_CHECKING:
    from codesentinel.operations.base import Context

_ID_LENGTH = 12
_SHORTEST_ID = 4
_FACTS = ("source", "started_at", "rate_hertz", "duration_seconds", "lost", "sampler_cpu_seconds", "mode")


def put(context: Context, profile: Profile) -> Stored:
    """Keep a profile.

    Raises:
        Failed: the stacks or the event could not be written.
    """
    file = write_stacks(str(context.root), profile)
    facts = {
        "profile": os.path.basename(file)[:_ID_LENGTH],
        "file": file,
        "samples": profile.samples,
        **profile.origin._asdict(),
        **{name: getattr(profile, name) for name in _FACTS},
    }
    activity = {"action": PROFILED, "metadata": facts, "files_modified": [file]}
    if not context.memory.log_domain_activity("profile", activity, durable=True):
        raise LogUnwritable("the profile is not recorded", hint="see the warning above, and try again")
    return _stored("", facts)


def stored(context: Context, service: str = "", host: str = "", revision: str = "") -> list[Stored]:
    """The profiles on record, the oldest first, of this service, host and revision where one is named."""
    index = open_index(context)
    index.catch_up()
    prefix = f"profile/{part(service)}/" if service else "profile/"
    with index.reading() as connection:
        query = IndexQuery(connection, index.root)
        rows = [row for row in query.scan(prefix) if row.key.count("/") == 5]
        records = query.read(rows)
    found = [
        _stored(one.key, facts)
        for one in records
        if (facts := (((one.record or {}).get("activity") or {}).get("metadata"))) and facts.get("file")
    ]
    kept = [
        one
        for one in found
        if (not host or one.origin.host == host)
        and (not revision or one.origin.revision.startswith(revision))
    ]
    return sorted(kept, key=lambda one: (one.started_at or 0.0, one.key))


def latest(context: Context, service: str = "") -> Stored | None:
    """The newest profile of a service; None where there is none."""
    found = stored(context, service)
    return found[-1] if found else None


def by_id(context: Context, word: str, service: str = "") -> Stored:
    """The profile whose id begins like this.

    Raises:
        NoData: there is none.
        UsageError: the word fits several.
    """
    fit = {one.id: one for one in stored(context, service) if one.id.startswith(word)}
    if len(word) < _SHORTEST_ID or not fit:
        raise NoData(f"there is no profile {word}", hint="see `codesentinel profile list`, or name a file")
    if len(fit) > 1:
        raise UsageError(f"{word} may be any of {', '.join(sorted(fit))}", hint="give more of it")
    return next(iter(fit.values()))


def stacks_of(context: Context, one: Stored) -> Profile:
    """The whole profile.

    Raises:
        NoData, BadAnswer: its stacks are gone, or were changed.
    """
    return read_stacks(str(context.root), one.file)


def _stored(key: str, facts: dict[str, Any]) -> Stored:
    known: dict[str, Any] = {name: facts.get(name) for name in _FACTS}
    return Stored(
        str(facts["profile"]),
        key,
        str(facts["file"]),
        origin=Origin(*(str(facts.get(name) or "") for name in Origin._fields)),
        samples=int(facts.get("samples") or 0),
        **known,
    )
