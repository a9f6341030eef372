"""Deployment: one attempt to bring one revision of a service into an environment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Self

STARTED = "started"
SUCCESS = "success"
FAILED = "failed"
ROLLED_BACK = "rolled-back"
ABORTED = "aborted"
STATUSES = (STARTED, SUCCESS, FAILED, ROLLED_BACK, ABORTED)
FINAL = (SUCCESS, FAILED, ROLLED_BACK, ABORTED)
FAILURES = (FAILED, ROLLED_BACK)
"""What counts as a failed change; one that was aborted changed nothing."""

START_ACTION = "deployment-start"
FINISH_ACTION = "deployment-finish"
RETIRE_ACTION = "deployment-retire"

INFO = "codesentinel_pushed_deployment_info"
TIMES = {
    "started_at": ("codesentinel_pushed_deployment_start_timestamp_seconds", "When it began."),
    "finished_at": ("codesentinel_pushed_deployment_finish_timestamp_seconds", "When it ended."),
    "commit_at": ("codesentinel_pushed_deployment_commit_timestamp_seconds", "When its commit was made."),
}
"""How a deployment is pushed: an info metric, and those of its times that are known."""

LATEST_JOB = "deployment"
RUN_JOB = "deployment-run"

_TEXTS = ("id", "service", "environment", "revision", "status", "source")
_TIMES = ("started_at", "finished_at", "commit_at")


@dataclass(frozen=True, slots=True)
class Deployment:
    """What is known of one deployment.

    Attributes:
        id: tells it from every other; a CI system's run id, or one made up.
        service, environment: what was deployed, and to where.
        revision: what the version control calls it, or empty.
        status: one of ``STATUSES``.
        started_at, finished_at, commit_at: epoch seconds; None where not known.
        source: who told of it: ``log``, ``pushgateway``.
    """

    id: str
    service: str
    environment: str
    revision: str = ""
    status: str = STARTED
    started_at: float | None = None
    finished_at: float | None = None
    commit_at: float | None = None
    source: str = "log"

    @property
    def is_final(self) -> bool:
        """Whether it has ended, well or not."""
        return self.status in FINAL

    @property
    def has_failed(self) -> bool:
        """Whether the change was a failure."""
        return self.status in FAILURES

    @property
    def target(self) -> tuple[str, str]:
        """Service and environment."""
        return self.service, self.environment

    @property
    def duration_seconds(self) -> float | None:
        """From start to finish."""
        if self.started_at is None or self.finished_at is None:
            return None
        return max(self.finished_at - self.started_at, 0.0)

    @property
    def lead_seconds(self) -> float | None:
        """From the commit to the finish of a deployment that succeeded."""
        if self.commit_at is None or self.finished_at is None or self.status != SUCCESS:
            return None
        return max(self.finished_at - self.commit_at, 0.0)

    def but(self, **changes: Any) -> Self:
        """The same deployment with some of its facts replaced."""
        return replace(self, **changes)

    def as_document(self) -> dict[str, Any]:
        """The JSON shape, which is also what the log keeps of it."""
        facts = {name: getattr(self, name) for name in (*_TEXTS, *_TIMES)}
        return {**facts, "duration_seconds": self.duration_seconds, "lead_seconds": self.lead_seconds}

    @classmethod
    def from_document(cls, facts: Mapping[str, Any]) -> Self:
        """The deployment of such a document.

        Raises:
            ValueError: a field is missing, or is not of its kind.
        """
        texts: dict[str, Any] = {name: facts.get(name, "") for name in _TEXTS}
        times: dict[str, Any] = {name: facts.get(name) for name in _TIMES}
        wrong = [name for name, value in texts.items() if not isinstance(value, str)]
        wrong += [name for name, value in times.items() if not _is_time(value)]
        wrong += [name for name in ("id", "service") if not texts[name]]
        if texts["status"] not in STATUSES:
            wrong.append("status")
        if wrong:
            raise ValueError(f"no deployment: {', '.join(sorted(set(wrong)))}")
        return cls(**texts, **times)


def _is_time(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool) and value >= 0)
