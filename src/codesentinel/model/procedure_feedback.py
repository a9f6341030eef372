"""What agents and people say of procedures: how clear, how useful, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers from 1 to 5 to one question: their mean, the mean drawn towards all, and how many of each."""

    mean: float | None
    shrunken: float | None
    counts: tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class FeedbackView:
    """What was said of a version."""

    clarity: Answers
    usefulness: Answers
    n: int
    comments: tuple[str, ...] = ()

    def as_document(self) -> dict[str, Any]:
        """The JSON shape; the means stand where they are looked for."""
        return {
            "clarity": self.clarity.mean,
            "usefulness": self.usefulness.mean,
            "n": self.n,
            "clarity_shrunken": self.clarity.shrunken,
            "usefulness_shrunken": self.usefulness.shrunken,
            "clarity_counts": list(self.clarity.counts),
            "usefulness_counts": list(self.usefulness.counts),
            "comments": list(self.comments),
        }
