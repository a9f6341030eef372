"""``trends feedback``: whether a finding on an anomaly helped; it tunes how sensitive the next look is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from codesentinel.model.errors import UsageError
from codesentinel.operations.base import Context, Effect, operation
from codesentinel.operations.history import needs_arrays
from codesentinel.store.reader import domains, events

if TYPE_CHECKING:
    from codesentinel.analysis.trends.anomalies.feedback import Opinion
    from codesentinel.model.series import Series

ACTION = "trends.feedback"
VERDICTS = ("useful", "noise")


class Feedback(NamedTuple):
    """What is on record of a series now, this one among it."""

    subject: str
    verdict: str
    useful: int
    noise: int
    sensitivity: float
    explanation: str


def subject_of(query: str, series: Series) -> str:
    """What a finding on the series names: its selector, after the query where the answer has no name."""
    from codesentinel.render.query_text import selector

    shown = selector(series.labels)
    return f"{query} {shown}" if shown.startswith("{") else shown


class Opinions:
    """All that was said, as the log tells it."""

    def __init__(self, context: Context) -> None:
        self._said: dict[str, dict[str, int]] = {}
        path = domains(context.root).get("trends")
        for event in events(path) if path else ():
            self._take(event)

    def of(self, subject: str) -> Opinion:
        """On the findings of one series."""
        from codesentinel.analysis.trends.anomalies.feedback import Opinion

        return Opinion(**self._said.get(subject, {}))

    def sensitivity(self, subject: str) -> float:
        """With which the series is judged."""
        return self.of(subject).sensitivity

    def _take(self, event: dict[str, Any]) -> None:
        activity = event.get("activity")
        if not isinstance(activity, dict) or activity.get("action") != ACTION or not activity.get("success"):
            return
        facts = activity.get("metadata", {}).get("parameters", {})
        subject, verdict = facts.get("subject"), facts.get("verdict")
        if isinstance(subject, str) and verdict in VERDICTS:
            said = self._said.setdefault(subject, {})
            said[verdict] = said.get(verdict, 0) + 1


@operation(ACTION, Effect.WRITE)
def feedback(context: Context, verdict: str, subject: str) -> Feedback:
    """Record whether the finding on a series was useful or noise; later looks are tuned by it.

    ``subject`` is the finding's. The event is what is recorded; nothing else is kept.

    Raises:
        UsageError: the verdict is neither.
    """
    if verdict not in VERDICTS:
        raise UsageError(f"{verdict!r} is no verdict", hint=" or ".join(VERDICTS))
    if not subject.strip():
        raise UsageError("no series named", hint="the subject of the finding, as `review` shows it")
    with needs_arrays():
        before = Opinions(context).of(subject)
    after = before._replace(**{verdict: getattr(before, verdict) + 1})
    return Feedback(subject, verdict, after.useful, after.noise, after.sensitivity, after.explanation)
