"""What to rewrite, retire or keep after a quarter, and why."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from codesentinel.analysis.satellites.findings import (
    FEWEST_ANSWERS,
    UNCLEAR,
    is_failing,
    is_given_up,
    is_slow,
    is_unclear,
)
from codesentinel.model.procedure_health import BETTER, WORSE
from codesentinel.model.procedure_review import (
    ADVICE,
    KEEP,
    RETIRE,
    REWRITE,
    WAIT,
    Advice,
    QuarterReview,
    SatelliteReview,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codesentinel.model.procedure_health import ProcedureHealth, SatelliteHealth

ENOUGH_RUNS = 10
_NEUTRAL = 3.0


def quarter_review(quarter: str, found: SatelliteHealth, *, earlier: Iterable[str] = ()) -> QuarterReview:
    """From the health of the quarter alone; ``earlier`` ran before it, or stand in the catalogue."""
    current = {one.id: one for one in found.procedures if one.is_current}
    medians = [one.times.median for one in current.values() if one.times.median is not None]
    usual = median(medians) if medians else 0.0
    names = sorted({*current, *earlier, *found.unused})
    satellites: dict[str, list[Advice]] = {}
    for name in names:
        one = current.get(name)
        satellite = one.satellite if one else name.rpartition("/")[0]
        satellites.setdefault(satellite, []).append(_advice(name, one, usual))
    sources: dict[str, int] = {}
    for procedure in found.procedures:
        for source, ends in procedure.status_sources.items():
            sources[source] = sources.get(source, 0) + ends.runs
    return QuarterReview(
        quarter,
        found.since,
        found.until,
        tuple(SatelliteReview(name, tuple(sorted(some, key=_order))) for name, some in satellites.items()),
        sources,
        found.procedures,
        found.notes,
    )


def _advice(name: str, one: ProcedureHealth | None, usual: float) -> Advice:
    if one is None or not (one.ends.runs or one.open):
        return Advice(name, RETIRE, ("nobody ran it in the quarter",), one)
    rewrite = list(_rewrite(one, usual))
    if rewrite:
        return Advice(name, REWRITE, tuple(rewrite), one)
    useful = one.feedback.usefulness
    if useful.shrunken is not None and useful.shrunken <= UNCLEAR and sum(useful.counts) >= FEWEST_ANSWERS:
        return Advice(name, RETIRE, (f"it is called of little use: {useful.mean:.1f} of 5",), one)
    if one.ends.runs < ENOUGH_RUNS:
        return Advice(name, WAIT, (f"{one.ends.runs} runs are too few to tell",), one)
    return Advice(name, KEEP, tuple(_keep(one)), one)


def _rewrite(one: ProcedureHealth, usual: float) -> Iterator[str]:
    ends, effect = one.ends, one.edit_effect
    if is_failing(one):
        yield f"{ends.failures} of {ends.runs} runs failed"
    if is_given_up(one):
        yield f"agents gave {ends.aborted} of {ends.runs} runs up"
    if effect and effect.verdict == WORSE:
        yield (
            f"its last edit made it worse: {effect.before[0]} of {effect.before[1]} runs failed before,"
            f" {effect.after[0]} of {effect.after[1]} since"
        )
    if is_unclear(one) and one.feedback.clarity.mean is not None:
        yield f"it is called unclear: {one.feedback.clarity.mean:.1f} of 5"
    if is_slow(one, usual):
        yield f"half of its runs take {one.times.median:.0f} s or more, {usual:.0f} s is usual"


def _keep(one: ProcedureHealth) -> Iterator[str]:
    ratio, effect = one.ends.failure_ratio, one.edit_effect
    upper = ratio.upper if ratio and ratio.upper is not None else 1.0
    yield f"{one.ends.failures} of {one.ends.runs} runs failed, at most {100 * upper:.0f} % for sure"
    if effect and effect.verdict == BETTER:
        yield "its last edit made it better"


def _order(one: Advice) -> tuple[int, float, str]:
    """By advice; what is to be rewritten by how many runs suffer, unclear ones weighing more."""
    weight = 0.0
    if one.health:
        clarity = one.health.feedback.clarity.shrunken or _NEUTRAL
        weight = one.health.ends.runs * ((one.health.shrunken_ratio or 0.0) + (5 - clarity) / 4)
    return ADVICE.index(one.advice), -weight, one.procedure
