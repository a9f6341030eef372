"""Time to completion of a version: aborted runs are censored, and shown as an end of their own beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.procedure_health import Times
from codesentinel.model.satellites import ABORTED, FAILURE, SUCCESS
from codesentinel.stats.survival import CENSORED, Duration, incidence, survival_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.model.procedure_runs import Took
    from codesentinel.stats.survival import Step

_CAUSES = (SUCCESS, FAILURE, ABORTED)
_MOMENTS = (0.25, 0.5, 0.75, 0.95, 1.0)


def times_of(took: Sequence[Took], *, ended: int, error: float) -> Times:
    """Of the runs of one version; ``ended`` of them are known to have ended."""
    completed = [Duration(one.seconds, CENSORED if one.status == ABORTED else 0, one.runs) for one in took]
    curve = incidence(completed, 1)
    every = incidence((Duration(one.seconds, _CAUSES.index(one.status), one.runs) for one in took), 3)
    return Times(
        median=survival_quantile(curve, 0.5),
        p95=survival_quantile(curve, 0.95),
        relative_error=error,
        incidence=tuple(_at(step) for step in _some(every)),
        left_out=max(ended - sum(one.runs for one in took), 0),
    )


def _some(steps: Sequence[Step]) -> list[Step]:
    """Where a quarter, half, three quarters, 95 % and all have ended."""
    chosen = [next((s for s in steps if s.surviving <= 1 - share + 1e-12), None) for share in _MOMENTS]
    return list(dict.fromkeys(step for step in chosen if step is not None))


def _at(step: Step) -> dict[str, float]:
    success, failure, aborted = step.ended
    return {"seconds": step.seconds, "success": success, "failure": failure, "aborted": aborted}
