"""Facts: what a server said beforehand, so that checks of dashboards and rules need not ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Question(NamedTuple):
    """A query with nothing left to fill in. ``range_seconds`` is 0 for one instant: now."""

    query: str
    range_seconds: float = 0.0


class Answer(NamedTuple):
    """What a query gave: an error, or series by their labels.

    ``points`` counts all values, ``numbers`` those that are not NaN; ``labels`` holds every label name that
    at least one series has.
    """

    error: str = ""
    series: int = 0
    points: int = 0
    numbers: int = 0
    labels: frozenset[str] = frozenset()
    seconds: float = 0.0


class Facts(NamedTuple):
    """What one server knows. ``variables`` are the values of a dashboard's variables: file, then name."""

    server: str
    metrics: frozenset[str]
    types: Mapping[str, str]
    answers: Mapping[Question, Answer]
    variables: Mapping[str, Mapping[str, tuple[str, ...]]]
    labels: frozenset[str] = frozenset()
    """The names of all labels; empty where the server does not tell."""
