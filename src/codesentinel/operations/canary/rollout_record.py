"""What others learn of a rollout: events in the domain ``canary``, and a deployment."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from codesentinel.model.deployment import ABORTED as DEPLOYMENT_ABORTED
from codesentinel.model.deployment import ROLLED_BACK as DEPLOYMENT_ROLLED_BACK
from codesentinel.model.deployment import SUCCESS, Deployment
from codesentinel.model.errors import CodesentinelError
from codesentinel.model.rollout import ABORTED, PROMOTED, ROLLED_BACK
from codesentinel.operations.deploy.history import DeployLog

if TYPE_CHECKING:
    from codesentinel.model.rollout import Ended, Judged, Plan, Progress
    from codesentinel.operations.base import Context

DOMAIN = "canary"
_STATUS = {PROMOTED: SUCCESS, ROLLED_BACK: DEPLOYMENT_ROLLED_BACK, ABORTED: DEPLOYMENT_ABORTED}


class Recorder:
    """Writes into the log; a log that takes nothing stops no rollout, least of all a rollback."""

    def __init__(self, context: Context, plan: Plan) -> None:
        self._context = context
        self._plan = plan

    def step(self, progress: Progress) -> None:
        """The canary was given another share."""
        share = f"{progress.split.canary_ratio:.2%}"
        self._context.tell(f"{share} to the canary: {progress.reason}")
        self._event(
            "step",
            progress,
            step=progress.step + 1,
            steps=len(self._plan.steps),
            reason=progress.reason,
        )

    def verdict(self, progress: Progress, judged: Judged) -> None:
        """The verdict has changed."""
        self._context.tell(f"{judged.verdict}: {judged.reason}")
        self._event("verdict", progress, verdict=judged.verdict, reason=judged.reason)

    def told(self, action: str, progress: Progress, reason: str) -> None:
        """Something else happened that one should know of."""
        self._context.tell(f"warning: {reason}")
        self._event(action, progress, success=False, reason=reason)

    def resumed(self, progress: Progress) -> None:
        """A rollout that was cut off is gone on with."""
        self._context.tell(f"going on with the rollout {progress.id}")
        self._event("resumed", progress, reason=progress.reason)

    def began(self, progress: Progress) -> None:
        """A deployment has begun."""
        self._deploy(self._deployment(progress))

    def ended(self, progress: Progress, ended: Ended) -> None:
        """It has ended, and so has the deployment; told again where the end was cut off."""
        self._event(
            ended.outcome,
            progress,
            success=ended.succeeded,
            reason=ended.reason,
            verdict=ended.verdict,
            verified=ended.verified,
            duration_ms=round(1000 * (ended.ended_at - ended.began_at)),
        )
        deployment = self._deployment(progress)
        self._deploy(deployment.but(status=_STATUS[ended.outcome], finished_at=ended.ended_at))

    def _deployment(self, progress: Progress) -> Deployment:
        plan = self._plan
        return Deployment(
            progress.id,
            plan.service,
            plan.environment,
            plan.revision,
            started_at=progress.began_at,
        )

    def _deploy(self, deployment: Deployment) -> None:
        try:
            log = DeployLog(self._context)
            log.catch_up()
            known = log.ledger.deployments.get(deployment.id)
            if known is None or (deployment.is_final and not known.is_final):
                log.write(deployment)
        except CodesentinelError as exc:
            self._context.tell(f"warning: {exc.message}")

    def _event(
        self, action: str, progress: Progress, *, success: bool = True, duration_ms: float = 0.0, **facts: Any
    ) -> None:
        self._context.memory.log_domain_activity(
            DOMAIN,
            {
                "action": action,
                "success": success,
                "duration_ms": duration_ms,
                "metadata": {
                    "target": self._plan.target,
                    "rollout": progress.id,
                    "service": self._plan.service,
                    "environment": self._plan.environment,
                    "canary_ratio": progress.split.canary_ratio,
                    "at": time.time(),
                    **facts,
                },
            },
        )
