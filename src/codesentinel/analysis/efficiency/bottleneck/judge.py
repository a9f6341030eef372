"""Everything about one service in one window: is it slow, why, and how much load could it take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.analysis.efficiency.bottleneck.causes import KINDS
from codesentinel.analysis.efficiency.bottleneck.evidence import LEVEL, weigh
from codesentinel.analysis.efficiency.bottleneck.knee import knee
from codesentinel.analysis.efficiency.bottleneck.rank import Around, rank
from codesentinel.analysis.efficiency.bottleneck.table import CANDIDATES
from codesentinel.analysis.efficiency.bottleneck.troubles import LATENCY, troubles
from codesentinel.analysis.efficiency.bottleneck.words import findings, summary
from codesentinel.model.bottleneck import Bottleneck, Use
from codesentinel.stats.lagged_rank import LEVELS, lagged_ranks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.analysis.efficiency.bottleneck.evidence import Measured
    from codesentinel.analysis.efficiency.bottleneck.question import Question
    from codesentinel.analysis.efficiency.bottleneck.troubles import Seen, Service
    from codesentinel.model.bottleneck import Red

_SEED = 20130
_REACH_SHARE, _REACH_STEPS, _REACH_SECONDS = 0.1, 4, 900.0
"""How long before a change a deployment may have been: a tenth of the window, at most 15 minutes."""


def judge(
    question: Question, service: Service, measured: Sequence[Measured], red: Sequence[Red]
) -> Bottleneck:
    """The causes of what goes worse, ranked; nothing is a cause of a service that does as well as ever."""
    seen = troubles(service)
    evidence, excluded = weigh(measured, service, seen, processes=question.processes)
    step, start, end = service.step_seconds, float(service.times[0]), float(service.times[-1])
    reach = max(min(_REACH_SHARE * (end - start), _REACH_SECONDS), _REACH_STEPS * step)
    causes = rank(evidence, excluded, Around(seen, question.deployments, reach))
    by_load = not causes and _goes_with_load(seen, service)
    verdict = "fine" if not seen else "explained" if causes or by_load else "unexplained"
    bend = knee(
        service.load,
        service.latency,
        np.random.default_rng(_SEED),
        disturbed="" if not seen or by_load else causes[0].title if causes else "something unknown",
    )
    told = summary(question.service, seen, causes, bend, by_load=by_load)
    return Bottleneck(
        source=question.source,
        service=question.service,
        start=start,
        end=end,
        step_seconds=step,
        verdict=verdict,
        summary=told,
        troubles=tuple(one.trouble for one in seen),
        causes=causes,
        excluded=tuple(excluded),
        unmeasured=unmeasured(measured),
        knee=bend,
        red=tuple(red),
        use=tuple(_use(measured, question.processes)),
        findings=findings(question, seen, causes, told, by_load=by_load, end=end),
    )


def unmeasured(measured: Sequence[Measured]) -> tuple[str, ...]:
    """The kinds of causes of which no metric is there: they can neither be named nor ruled out."""
    there = {one.candidate.cause for one in measured if np.isfinite(one.values).any()}
    return tuple(kind for kind in KINDS if kind not in there)


def _goes_with_load(seen: Sequence[Seen], service: Service) -> bool:
    slow = next((one for one in seen if one.trouble.name == LATENCY), None)
    if slow is None:
        return False
    asked = [one for one in lagged_ranks(service.load, slow.series, range(3)) if one.of == LEVELS]
    return any(one.coefficient > 0 and one.p_value * len(asked) <= LEVEL for one in asked)


def _use(measured: Sequence[Measured], processes: int) -> list[Use]:
    rows = []
    order = [one.name for one in CANDIDATES]
    for one in sorted(measured, key=lambda m: order.index(m.candidate.name)):
        candidate, known = one.candidate, one.values[np.isfinite(one.values)]
        if candidate.use and len(known):
            limit = candidate.limit and candidate.limit * (processes if candidate.unit == "cores" else 1)
            rows.append(
                Use(
                    resource=candidate.cause,
                    aspect=candidate.use,
                    what=candidate.what,
                    subject=one.subject,
                    unit=candidate.unit,
                    median=float(np.median(known)),
                    most=float(known.max()),
                    limit=limit,
                )
            )
    return rows
