"""Profiles for a browser: of those on record alone, and of no file that an address might name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.model.errors import UsageError
from codesentinel.operations.profile.judge import diff, report
from codesentinel.operations.profile.picture import drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.operations.base import Context

_NAMES = {"profile", "before", "service"}


def pictured(context: Context, words: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The document for the words of an address: ``profile``, and ``before`` where two are compared.

    Raises:
        UsageError: another word.
        NoData, BadAnswer: there is no such profile on record.
    """
    given = dict(words)
    unknown = sorted(given.keys() - _NAMES)
    if unknown:
        raise UsageError(f"no parameter of a profile: {', '.join(unknown)[:100]}")
    profile, service = given.get("profile", "latest"), given.get("service", "")
    if given.get("before"):
        found = diff(context, before=given["before"], after=profile, service=service, on_record=True)
        graph, summary = drawn(found)
    else:
        graph, summary = drawn(report(context, profile=profile, service=service, on_record=True))
    return {"graph": graph, "summary": summary}
