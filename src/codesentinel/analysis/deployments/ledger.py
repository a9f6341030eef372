"""The ledger of deployments: events in any order, each deployment once, each failure with its recovery."""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codesentinel.model.deployment import (
    FINAL,
    FINISH_ACTION,
    RETIRE_ACTION,
    START_ACTION,
    SUCCESS,
    Deployment,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Change:
    """What one event changed.

    Attributes:
        deployment: as it is now.
        before: as it was; None where it is new.
        first_of_revision: it succeeded, and no deployment of its revision had done so there before.
        recoveries: seconds from a failure to the success that ended it, for each that is known now.
    """

    deployment: Deployment
    before: Deployment | None
    first_of_revision: bool = False
    recoveries: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Retirement:
    """A service is no longer deployed there."""

    service: str
    environment: str


class Ledger:
    """Takes events of the domain ``deploy``; what it holds does not depend on how often one comes.

    A deployment that succeeded may be judged anew, as failed or rolled back: that is how a bad change is
    often found out. Any other second end is a repetition, and ignored.
    """

    def __init__(self, events: Iterable[Mapping[str, Any]] = ()) -> None:
        self.deployments: dict[str, Deployment] = {}
        self._seen: dict[str, str] = {}
        self._released: set[tuple[str, str, str]] = set()
        self._successes: dict[tuple[str, str], list[float]] = {}
        self._broken: dict[tuple[str, str], set[str]] = {}
        for event in events:
            self.take(event)

    def take(self, event: Mapping[str, Any]) -> Change | Retirement | None:
        """What the event changed; None for nothing, and for events of another kind."""
        try:
            action, facts = event["activity"]["action"], event["activity"]["metadata"]
            if action == RETIRE_ACTION:
                return self._retire(Retirement(str(facts["service"]), str(facts["environment"])))
            if action not in (START_ACTION, FINISH_ACTION):
                return None
            told = Deployment.from_document(facts)
        except (KeyError, TypeError, ValueError):
            return None
        before = self.deployments.get(told.id)
        now = told if before is None else _joined(before, told)
        if now == before:
            return None
        self.deployments[now.id] = now
        self._seen[now.id] = now.status
        self._place(now, before)
        first = now.status == SUCCESS and self._is_first_of_revision(now)
        return Change(now, before, first, self._recoveries(now))

    def settled(self) -> list[Deployment]:
        """Those that have ended, in the order in which they did."""
        return sorted((d for d in self.deployments.values() if d.is_final), key=_ended)

    def recovery_seconds(self) -> dict[str, float | None]:
        """Id of each failed deployment to how long it took until one succeeded; None where none has yet."""
        return {d.id: self._until_success(d) for d in self.settled() if d.has_failed}

    def knows(self, deployment: Deployment) -> bool:
        """Whether taking it once more would change nothing, also where it was retired since."""
        status = self._seen.get(deployment.id, "")
        return status == deployment.status or (status in FINAL and not _judged_anew(status, deployment))

    def _retire(self, retirement: Retirement) -> Retirement:
        target = (retirement.service, retirement.environment)
        self.deployments = {name: d for name, d in self.deployments.items() if d.target != target}
        self._successes.pop(target, None)
        self._broken.pop(target, None)
        return retirement

    def _place(self, now: Deployment, before: Deployment | None) -> None:
        """Keep the successes and the failures still open of each target at hand."""
        if before is not None and before.status == SUCCESS:
            self._successes[now.target].remove(_ended(before))
        if now.status == SUCCESS:
            insort(self._successes.setdefault(now.target, []), _ended(now))
        elif now.has_failed:
            self._broken.setdefault(now.target, set()).add(now.id)

    def _is_first_of_revision(self, deployment: Deployment) -> bool:
        key = (*deployment.target, deployment.revision)
        if deployment.revision and key in self._released:
            return False
        self._released.add(key)
        return True

    def _recoveries(self, now: Deployment) -> tuple[float, ...]:
        """What became known of recoveries: a success ends the failures before it."""
        open_failures = self._broken.get(now.target, set())
        known = {name: self._until_success(self.deployments[name]) for name in open_failures}
        found = {name: seconds for name, seconds in known.items() if seconds is not None}
        open_failures.difference_update(found)
        return tuple(found.values())

    def _until_success(self, failed: Deployment) -> float | None:
        """From the end of a failed deployment to that of the next one there that succeeded."""
        times = self._successes.get(failed.target, [])
        after = bisect_right(times, _ended(failed))
        return times[after] - _ended(failed) if after < len(times) else None


def _ended(deployment: Deployment) -> float:
    return deployment.finished_at or deployment.started_at or 0.0


def _judged_anew(status: str, told: Deployment) -> bool:
    """A bad change is often found out only after its deployment had succeeded."""
    return status == SUCCESS and told.has_failed


def _joined(before: Deployment, told: Deployment) -> Deployment:
    """What is known of a deployment after it was told of once more."""
    if before.is_final and not _judged_anew(before.status, told):
        return before
    return told.but(
        service=before.service,
        environment=before.environment,
        revision=told.revision or before.revision,
        status=told.status,
        started_at=before.started_at if before.started_at is not None else told.started_at,
        # judged anew, it still ended when it did: the users had it from then on
        finished_at=before.finished_at if before.is_final else told.finished_at,
        commit_at=told.commit_at if told.commit_at is not None else before.commit_at,
        source=before.source,
    )
