"""What the verbs of ``deploy`` hand back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codesentinel.model.deployment import Deployment
    from codesentinel.model.interval import Interval


@dataclass(frozen=True, slots=True)
class DoraKeys:
    """The four DORA keys of one service in one environment over a window.

    Attributes:
        deployments: that ended within the window and changed something: aborted ones did not.
        per_week: successful ones a week. They were all counted, so there is no interval to give.
        lead_seconds: commit to success, of the first success of each revision: a rollback to an old
            revision brings no new change.
        fail_ratio: failed or rolled back, as the chance that the next change fails.
        recovery_seconds: from the end of a failed deployment to that of the next success.
        unrecovered: failed ones after which none has succeeded yet.
    """

    service: str
    environment: str
    deployments: int
    succeeded: int
    failed: int
    unrecovered: int
    per_week: float
    lead_seconds: Interval | None
    fail_ratio: Interval | None
    recovery_seconds: Interval | None

    def as_document(self) -> dict[str, object]:
        """The JSON shape: an interval is ``{estimate, lower, upper}``."""
        intervals = ("lead_seconds", "fail_ratio", "recovery_seconds")
        shown = {name: getattr(self, name) for name in intervals}
        return asdict(self) | {name: one._asdict() if one else None for name, one in shown.items()}


@dataclass(frozen=True, slots=True)
class Deployments:
    """What was deployed: ``total`` in the window, of which the newest are listed."""

    deployments: tuple[Deployment, ...]
    total: int
    keys: tuple[DoraKeys, ...]
    since: float
    until: float
    notes: tuple[str, ...] = ()

    def as_document(self) -> dict[str, object]:
        """The JSON shape."""
        return {
            "deployments": [one.as_document() for one in self.deployments],
            "total": self.total,
            "dora": [one.as_document() for one in self.keys],
            "since": self.since,
            "until": self.until,
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a deployment that was to be recorded.

    Attributes:
        outcome: ``recorded``, ``pushed``, ``repeated`` (it was known already) or ``lost``.
        exit_status: of the command that was run; 0 where there was none.
    """

    deployment: Deployment
    outcome: str
    exit_status: int = 0

    @property
    def succeeded(self) -> bool:
        """Whether anybody knows of it now."""
        return self.outcome != "lost"

    def as_document(self) -> dict[str, object]:
        """The JSON shape."""
        told = {"outcome": self.outcome, "command_exit_status": self.exit_status}
        return {"deployment": self.deployment.as_document(), **told}


@dataclass(frozen=True, slots=True)
class Ingested:
    """How many deployments were new or had ended, and how many groups were deleted or wait for an end."""

    recorded: int
    deleted: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Retired:
    """What was retired: deployments that are no longer counted, and groups that were deleted."""

    service: str
    environment: str
    deployments: int
    groups: int
