"""Rules as records: a recording, an alert, and the group that evaluates them one after another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from codesentinel.model.duration import prometheus_duration
from codesentinel.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.mixin.timing import Timing


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose alerts they are, and where the runbooks lie: ``<runbook_base_url>/<alert>.md``."""

    team: str
    runbook_base_url: str


@dataclass(frozen=True, slots=True)
class Recording:
    """A series computed beforehand, named ``level:metric:operations``; ``labels`` are put on it."""

    record: str
    expr: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def as_rule(self, _: Owner) -> dict[str, Any]:
        """The entry in a rule file."""
        rule: dict[str, Any] = {"record": self.record, "expr": self.expr}
        return rule | ({"labels": dict(self.labels)} if self.labels else {})


@dataclass(frozen=True, slots=True)
class Alert:
    """A condition somebody has to act on.

    ``summary`` is the same for every instance, so that it survives grouping; what differs (which one,
    how much) stands in ``description``, a Prometheus template over the labels that ``expr`` keeps.
    Alerts of one name and two severities are a pair: the P1 mutes its P2.
    """

    name: str
    severity: Severity
    expr: str
    for_seconds: float
    keep_firing_for_seconds: float
    summary: str
    description: str

    def as_rule(self, owner: Owner) -> dict[str, Any]:
        """The entry in a rule file."""
        return {
            "alert": self.name,
            "expr": self.expr,
            "for": prometheus_duration(self.for_seconds),
            "keep_firing_for": prometheus_duration(self.keep_firing_for_seconds),
            "labels": {"severity": self.severity.value, "team": owner.team},
            "annotations": {
                "summary": self.summary,
                "description": self.description,
                "runbook_url": f"{owner.runbook_base_url.rstrip('/')}/{self.name}.md",
            },
        }


@dataclass(frozen=True, slots=True)
class Group:
    """Rules evaluated in this order at one instant, so that an alert sees the recordings before it.

    ``interval_seconds`` is for a group of its own pace; None means the timing's.
    """

    name: str
    rules: tuple[Recording | Alert, ...]
    interval_seconds: float | None = None

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """The alerts among the rules."""
        return tuple(rule for rule in self.rules if isinstance(rule, Alert))

    def as_document(self, owner: Owner, interval_seconds: float) -> dict[str, Any]:
        """The content of a rule file that holds this group."""
        rules = [rule.as_rule(owner) for rule in self.rules]
        interval = prometheus_duration(self.interval_seconds or interval_seconds)
        return {"groups": [{"name": self.name, "interval": interval, "rules": rules}]}


def ticket(
    timing: Timing, name: str, *, expr: str, summary: str, description: str, for_seconds: float | None = None
) -> Alert:
    """An alert of severity P2 at the timing's pace; ``for_seconds`` where it needs another patience."""
    return Alert(
        name,
        Severity.P2,
        expr=expr,
        for_seconds=timing.ticket_for_seconds if for_seconds is None else for_seconds,
        keep_firing_for_seconds=timing.rate_window_seconds,
        summary=summary,
        description=description,
    )
