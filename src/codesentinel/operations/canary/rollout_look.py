"""A look at both arms of a rollout: all that a Prometheus has counted since the canary got its first request.

Nothing of it is kept between two looks, so that a rollout that was cut off knows as much when it goes on.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from codesentinel.model.rollout import INCONCLUSIVE, Judged

if TYPE_CHECKING:
    from codesentinel.model.canary import CanaryConfig
    from codesentinel.model.rollout import Plan, Progress
    from codesentinel.operations.base import Context


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

    def __call__(self, progress: Progress) -> Judged:
        """What is known by now.

        Raises:
            CodesentinelError: the server does not answer, or not what was asked.
        """
        from codesentinel.analysis.experiments.judge import judge
        from codesentinel.capture.canary import Arms
        from codesentinel.operations.canary.observe import observe

        if not progress.shares:
            return Judged(INCONCLUSIVE, "the canary has had no traffic yet")
        began = progress.shares[0][0]
        seen = observe(
            self._context,
            self._config,
            Arms(self._plan.baseline, self._plan.canary),
            start=began,
            end=time.time(),
            url=self._url,
        )
        verdict = judge(self._config, seen)
        return Judged(verdict.verdict, verdict.reason, verdict)
