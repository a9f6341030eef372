"""A rollout: what is planned, what has become of it, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from codesentinel.model.traffic import NO_SPLIT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.model.traffic import Address, Split

ENVOY, HAPROXY, ISTIO, GATEWAY_API = "envoy", "haproxy", "istio", "gateway-api"
STEP, PROMOTE, ROLL_BACK, RESTORE = "step", "promote", "roll-back", "restore"
"""What is done to the weights; the last is what an abort does."""

PROMOTED, ROLLED_BACK, ABORTED, INTERRUPTED = "promoted", "rolled-back", "aborted", "interrupted"
ENDS: Mapping[str, str] = {PROMOTE: PROMOTED, ROLL_BACK: ROLLED_BACK, RESTORE: ABORTED}
HOLD, LEAVE = "hold", "leave"
PASS, FAIL, INCONCLUSIVE = "PASS", "FAIL", "INCONCLUSIVE"
NEEDS_PASS, NEEDS_NO_FAIL = "pass", "no-fail"


class Step(NamedTuple):
    """A share of the traffic, and what it takes to go beyond it.

    Attributes:
        percent: of the requests, for the canary.
        min_seconds: it is kept so long at least.
        needs: ``pass``, or ``no-fail`` for a step that may be left once its time is over.
    """

    percent: float
    min_seconds: float = 0.0
    needs: str = NEEDS_PASS

    @property
    def ratio(self) -> float:
        """0 to 1."""
        return self.percent / 100


@dataclass(frozen=True, slots=True)
class Traffic:
    """Which splitter, and how it is reached; what a kind does not need is empty.

    Attributes:
        kind: ``envoy``, ``haproxy``, ``istio`` or ``gateway-api``.
        baseline, canary: addresses for an Envoy of our own; else names of clusters, servers, destinations
            or services.
        listen, metrics: where an Envoy of our own listens.
        rds_file, admin: of an Envoy that somebody else runs.
        socket, backend: of HAProxy.
        part: the name of a route or of a rule.
        namespace, name, context: of an object in a cluster.
        count_baseline, count_canary: PromQL for the requests that each arm has been sent.
        program: the Envoy to run.
        settle_seconds: until what arrives is counted by new weights alone.
        timeout_seconds: for one answer.
    """

    kind: str
    baseline: str
    canary: str
    listen: Address | None = None
    metrics: Address | None = None
    rds_file: str = ""
    admin: str = ""
    socket: str = ""
    backend: str = ""
    part: str = ""
    namespace: str = ""
    name: str = ""
    context: str = ""
    count_baseline: str = ""
    count_canary: str = ""
    program: str = ""
    settle_seconds: float = 0.5
    timeout_seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What ``rollout`` in ``canary.yaml`` says.

    Attributes:
        target: names the state of this rollout; one letter-and-digit word.
        service, environment, revision: what is recorded as a deployment.
        baseline, canary: selectors of the series of both arms.
        hold_seconds: how long one step may last without the verdict that it needs.
        on_deadline: ``roll-back``, or ``hold`` for as long as it takes.
        on_signal: what SIGINT and SIGTERM do: ``restore`` the weights, or ``leave`` them for the next run.
        before, after: commands, each a list of words.
        fingerprint: of all that was read; a rollout goes on by the file that it began with.
    """

    target: str
    service: str
    environment: str
    traffic: Traffic
    steps: tuple[Step, ...]
    baseline: str
    canary: str
    revision: str = ""
    tick_seconds: float = 15.0
    hold_seconds: float = 3600.0
    on_deadline: str = ROLL_BACK
    on_signal: str = RESTORE
    before: tuple[tuple[str, ...], ...] = ()
    after: tuple[tuple[str, ...], ...] = ()
    hook_timeout_seconds: float = 300.0
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a look at both arms gave: the verdict, why, and all of it where there is more."""

    verdict: str
    reason: str
    details: Any = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rollout has come, as its journal tells.

    Attributes:
        before: the weights that a rollback brings back.
        act, step, split, acted_at: what was last meant to be done, to which weights, and when.
        applied_at: when that was done; None while it is not known to be.
        prepared: whether the commands that come before have run.
        verdict: the latest.
        ended: how it ended; empty while it has not.
        shares: when which share of the traffic was the canary's.
    """

    id: str
    fingerprint: str
    began_at: float
    before: Split
    prepared: bool = False
    act: str = ""
    step: int = -1
    split: Split = NO_SPLIT
    acted_at: float = 0.0
    applied_at: float | None = None
    reason: str = ""
    verdict: str = ""
    ended: str = ""
    shares: tuple[tuple[float, float], ...] = ()

    @property
    def is_ending(self) -> bool:
        """Whether it was decided already how it ends."""
        return self.act in ENDS


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with the weights now; ``hold`` for nothing."""

    act: str
    reason: str
    step: int = -1


@dataclass(frozen=True, slots=True)
class Ended:
    """How a rollout ended.

    Attributes:
        outcome: ``promoted``, ``rolled-back``, ``aborted`` or ``interrupted``.
        reason: why.
        verdict: the latest, PASS, FAIL or INCONCLUSIVE; empty where nothing was judged.
        split: the weights now.
        by_signal: whether somebody asked to stop.
        looks: how often it was judged, since it was gone on with the last time.
        verified: whether what arrives agrees with the weights; None where nothing arrives at all.
        notes: what did not go as it should.
    """

    target: str
    id: str
    outcome: str
    reason: str
    verdict: str
    split: Split
    began_at: float
    ended_at: float
    verified: bool | None = None
    resumed: bool = False
    by_signal: bool = False
    looks: int = 0
    judged: Any = None
    notes: tuple[str, ...] = field(default=())

    @property
    def succeeded(self) -> bool:
        """Whether the canary has all the traffic now."""
        return self.outcome == PROMOTED

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        facts = {name: getattr(self, name) for name in self.__dataclass_fields__}
        split = facts.pop("split")
        return {
            **facts,
            "weights": {"baseline": split.baseline, "canary": split.canary},
            "canary_ratio": split.canary_ratio,
        }


@dataclass(frozen=True, slots=True)
class Intended:
    """What a run would do, found out without changing anything.

    Attributes:
        now: the weights; None where the splitter does not run yet.
        splits: of each step.
        resumes: the rollout that it would go on with; empty for a new one.
    """

    plan: Plan
    identity: str
    now: Split | None
    splits: tuple[Split | None, ...]
    resumes: str = ""
    notes: tuple[str, ...] = ()

    def as_document(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "target": self.plan.target,
            "traffic": self.identity,
            "canary_ratio": self.now.canary_ratio if self.now else None,
            "steps": [
                {**step._asdict(), "weights": split._asdict() if split else None}
                for step, split in zip(self.plan.steps, self.splits, strict=True)
            ],
            "tick_seconds": self.plan.tick_seconds,
            "hold_seconds": self.plan.hold_seconds,
            "on_deadline": self.plan.on_deadline,
            "on_signal": self.plan.on_signal,
            "resumes": self.resumes or None,
            "notes": list(self.notes),
        }
