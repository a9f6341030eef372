"""Did the edit help? One version against the one before, each agent, model and source of status by itself."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from codesentinel.model.procedure_health import BETTER, UNKNOWN, WORSE, EditEffect
from codesentinel.model.satellites import FAILURE, SUCCESS
from codesentinel.stats.stratified import cochran_mantel_haenszel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codesentinel.model.procedure_runs import ArmCount

THRESHOLD = 20.0
_MIX_CHANGED = 0.25
"""Share of runs that would have to be by another agent, model or source for the mixes to be alike."""

_Tally = Counter[tuple[tuple[str, str, str], bool]]


def edit_effect(from_version: str, before: Iterable[ArmCount], after: Iterable[ArmCount]) -> EditEffect:
    """What the later version changed.

    Aborted runs are left out: they are neither, and who says so depends on the end itself.
    """
    from codesentinel.stats.two_versions import Stratum, evidence, more_runs

    old, new = _tally(before), _tally(after)
    keys = sorted({key for key, _ in (*old, *new)})
    strata = [
        Stratum(
            old[key, True], old[key, True] + old[key, False], new[key, True], new[key, True] + new[key, False]
        )
        for key in keys
    ]
    shared = [one for one in strata if one.is_shared]
    found = evidence(strata)
    verdict = UNKNOWN
    if found is not None and found.e_value >= THRESHOLD:
        verdict = WORSE if found.worse > 0.5 else BETTER
    fixed = cochran_mantel_haenszel(shared)
    total = sum(one.before + one.after for one in strata)
    return EditEffect(
        from_version=from_version,
        before=(sum(one.failures_before for one in strata), sum(one.before for one in strata)),
        after=(sum(one.failures_after for one in strata), sum(one.after for one in strata)),
        verdict=verdict,
        difference=found.difference if found else None,
        e_value=found.e_value if found else 1.0,
        more_runs=0 if verdict != UNKNOWN else more_runs(strata, THRESHOLD),
        p_value=fixed.p_value,
        odds_ratio=fixed.odds_ratio,
        strata=len(shared),
        compared=sum(one.before + one.after for one in shared) / total if total else 0.0,
        mix_changed=_distance(strata) > _MIX_CHANGED,
    )


def _tally(arms: Iterable[ArmCount]) -> _Tally:
    found: _Tally = Counter()
    for one in arms:
        if one.status in (SUCCESS, FAILURE):
            found[(one.agent, one.model, one.source), one.status == FAILURE] += one.runs
    return found


def _distance(strata: Iterable[tuple[int, int, int, int]]) -> float:
    """Total variation between the mixes before and after."""
    rows = list(strata)
    before, after = sum(row[1] for row in rows), sum(row[3] for row in rows)
    if not before or not after:
        return 0.0
    return sum(abs(row[1] / before - row[3] / after) for row in rows) / 2
