"""What the values of a label look like: identifiers, times, paths and the like, which have no end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST = 0.5


class Pattern(NamedTuple):
    """A kind of values: what they are, and what to do about them where they are made."""

    name: str
    values: re.Pattern[str]
    mend: str


_DROP = "leave it out of the metric: what tells single events apart belongs into a log or a trace"
_HEX = r"[0-9a-fA-F]"
_UUID = rf"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"
_ISO = r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?"

PATTERNS = (
    Pattern("UUIDs", re.compile(_UUID), _DROP),
    Pattern("timestamps", re.compile(rf"1\d{{9}}(\d{{3}}|\.\d+)?|{_ISO}"), _DROP),
    Pattern(
        "paths with identifiers in them",
        re.compile(rf"/(.*/)?(\d+|{_UUID}|{_HEX}{{12,}})(/.*)?|/.*\?.*=.*"),
        "give the route's template instead of the path: codesentinel.instrument does so, and bounds it",
    ),
    Pattern("e-mail addresses", re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), _DROP),
    Pattern(
        "names of pods",
        re.compile(r"[a-z0-9-]+-[a-f0-9]{6,10}-[a-z0-9]{5}"),
        "keep it only where it is looked at, and drop it from what is stored for long",
    ),
    Pattern(
        "addresses with ports of clients",
        re.compile(r"\d{1,3}(\.\d{1,3}){3}:[3-6]\d{4}|\[[0-9a-fA-F:]+\]:[3-6]\d{4}"),
        "the port of a client is new for each connection: leave it out",
    ),
    Pattern("hashes or tokens", re.compile(rf"{_HEX}{{16,}}|[A-Za-z0-9_-]{{24,}}={{0,2}}"), _DROP),
    Pattern("numbers, most likely identifiers", re.compile(r"\d{3,}"), _DROP),
    Pattern(
        "sentences, such as messages of errors",
        re.compile(r"\S+(\s+\S+){3,}"),
        "count by the kind of the error, and leave its text to the log",
    ),
)


def recognised(values: Sequence[str]) -> tuple[Pattern, float] | None:
    """The first pattern that more than half of the values have, and the share that has it."""
    for pattern in PATTERNS:
        share = sum(pattern.values.fullmatch(value) is not None for value in values) / max(len(values), 1)
        if share > _MOST:
            return pattern, share
    return None
