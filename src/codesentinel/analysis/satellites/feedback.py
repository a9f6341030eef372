"""What was said of a version: counts first, and means drawn towards what is said of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.procedure_feedback import Answers, FeedbackView

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codesentinel.model.procedure_runs import Opinion

_STRENGTH = 3.0
"""As many answers as everybody's mean counts for in that of one version."""
_NEUTRAL = 3.0
_NEWEST = 5


def feedback_of(opinions: Sequence[Opinion], usual: tuple[float, float]) -> FeedbackView:
    """Of one version; ``usual`` are the means of clarity and usefulness over all."""
    comments = [one.comment for one in sorted(opinions, key=lambda one: -one.at) if one.comment]
    return FeedbackView(
        clarity=_answers((one.clarity for one in opinions), usual[0]),
        usefulness=_answers((one.usefulness for one in opinions), usual[1]),
        n=len(opinions),
        comments=tuple(comments[:_NEWEST]),
    )


def usual_answers(opinions: Sequence[Opinion]) -> tuple[float, float]:
    """The means over everything that was said; 3 where nothing was."""
    clarity = _answers((one.clarity for one in opinions), _NEUTRAL)
    usefulness = _answers((one.usefulness for one in opinions), _NEUTRAL)
    return clarity.shrunken or _NEUTRAL, usefulness.shrunken or _NEUTRAL


def _answers(given: Iterable[int | None], usual: float) -> Answers:
    known = [one for one in given if one is not None]
    counts = (known.count(1), known.count(2), known.count(3), known.count(4), known.count(5))
    if not known:
        return Answers(None, None, counts)
    shrunken = (sum(known) + _STRENGTH * usual) / (len(known) + _STRENGTH)
    return Answers(sum(known) / len(known), shrunken, counts)
