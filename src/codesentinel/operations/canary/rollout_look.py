"""A look at both arms of a rollout: all that a Prometheus has counted since the canary got its first request.

Nothing of it is kept between two looks, so that a rollout that was cut off knows as much when it goes on.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from codesentinel.model.errors import BadQuery
from codesentinel.model.rollout import INCONCLUSIVE, Judged
from codesentinel.operations.history import needs_arrays

if TYPE_CHECKING:
    from codesentinel.model.canary import CanaryConfig, Observations
    from codesentinel.model.rollout import Plan, Progress
    from codesentinel.operations.base import Context

_CHECKED_SECONDS = 60.0


class Look:
    """Judges by ``metrics`` in ``canary.yaml``.

    Args:
        context: where this runs.
        plan: names the series of both arms.
        config: what is judged.
        url: the Prometheus; by default that of this workspace.
    """

    def __init__(self, context: Context, plan: Plan, config: CanaryConfig, url: str = "") -> None:
        self._context = context
        self._plan = plan
        self._config = config
        self._url = url

    def check(self) -> None:
        """See that there is somebody to ask, before anything is moved.

        Raises:
            NotInstalled: the numerical library is missing.
            Unreachable: the server does not answer.
            UsageError: a selector of an arm is none.
            BadQuery: a metric cannot be asked for.
        """
        seen = self._seen(time.time() - _CHECKED_SECONDS)
        if seen.errors:
            name, problem = next(iter(seen.errors.items()))
            raise BadQuery(f"the metric {name} cannot be read: {problem}")

    def __call__(self, progress: Progress) -> Judged:
        """What is known by now.

        Raises:
            CodesentinelError: the server does not answer, or not what was asked.
        """
        if not progress.shares:
            return Judged(INCONCLUSIVE, "the canary has had no traffic yet")
        seen = self._seen(progress.shares[0][0])
        from codesentinel.analysis.experiments.judge import judge

        verdict = judge(self._config, seen)
        return Judged(verdict.verdict, verdict.reason, verdict)

    def _seen(self, since: float) -> Observations:
        """Both arms since then (epoch seconds)."""
        with needs_arrays():
            from codesentinel.capture.canary import Arms
            from codesentinel.operations.canary.observe import observe

        return observe(
            self._context,
            self._config,
            Arms(self._plan.baseline, self._plan.canary),
            start=since,
            end=time.time(),
            url=self._url,
        )
