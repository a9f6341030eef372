"""What the log says of procedures, counted: how runs ended, how long they took, what was said of them."""

from __future__ import annotations

from typing import NamedTuple

from codesentinel.model.satellites import STATUS_SOURCES
from codesentinel.model.satellites import STATUSES as ENDS

OPEN = "open"
STATUSES = (OPEN, *ENDS)
SOURCES = ("", *reversed(STATUS_SOURCES))
"""From what is known least surely to what was checked; empty where nobody has said anything yet."""

DAY_SECONDS = 86400.0


class ArmCount(NamedTuple):
    """Runs of one version of a procedure by one agent with one model that ended alike."""

    satellite: str
    procedure: str
    version: str
    agent: str
    model: str
    status: str
    source: str
    runs: int


class WeekCount(NamedTuple):
    """Runs of a procedure, whatever the version, that began within one week and ended alike."""

    procedure: str
    week_at: float
    """When the week began, a Monday, epoch seconds."""
    status: str
    runs: int


class Took(NamedTuple):
    """Runs of one version that took so long and ended so."""

    procedure: str
    version: str
    status: str
    seconds: float
    runs: int


class Seen(NamedTuple):
    """When a version was first and last used, epoch seconds."""

    first_at: float
    last_at: float


class Opinion(NamedTuple):
    """What an agent, or a person, said of a version of a procedure; None where it was not asked."""

    satellite: str
    procedure: str
    version: str
    at: float
    clarity: int | None
    usefulness: int | None
    comment: str


class RunBook(NamedTuple):
    """All that health is judged from, between two moments (epoch seconds)."""

    arms: tuple[ArmCount, ...]
    weeks: tuple[WeekCount, ...]
    took: tuple[Took, ...]
    seen: dict[tuple[str, str], Seen]
    """By procedure and version; of all time."""
    opinions: tuple[Opinion, ...]
    since: float
    until: float
    seconds_error: float
    """By how much a duration may be off, as a share of it; 0 where each run's own was read."""


def week_of(at: float) -> float:
    """When the week of a moment began: Monday, 00:00 UTC."""
    day = int(at // DAY_SECONDS)
    return (day - (day + 3) % 7) * DAY_SECONDS  # 1970 began on a Thursday
