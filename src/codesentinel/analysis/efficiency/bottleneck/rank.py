"""Which cause comes first, and which are only what another brings about."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.analysis.efficiency.bottleneck.causes import KINDS
from codesentinel.analysis.efficiency.bottleneck.table import CANDIDATES
from codesentinel.model.bottleneck import Cause

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codesentinel.analysis.efficiency.bottleneck.question import Landed
    from codesentinel.analysis.efficiency.bottleneck.troubles import Seen
    from codesentinel.model.bottleneck import Evidence, Excluded

_NO_TIME, _SATURATED, _OTHER = 0.3, 0.5, 0.25
_AS_MUCH = 0.4
"""Of a symptom's strength: from here on what brings it about is taken for the cause."""


class Around(NamedTuple):
    """The troubles, the deployments, and how long before a change one may have been."""

    seen: Sequence[Seen]
    deployments: Sequence[Landed]
    reach_seconds: float


def strength(one: Evidence) -> float:
    """0 to 1: how closely it foretells the trouble, less where it accounts for a part of it only."""
    share = one.accounts_ratio
    if share is None:
        share = _SATURATED if one.saturated else _OTHER
    elif one.saturated:
        share = max(share, _SATURATED)
    return one.correlation.estimate * (_NO_TIME + (1 - _NO_TIME) * max(share, 0.0))


def rank(
    evidence: Sequence[Evidence],
    excluded: Sequence[Excluded],
    around: Around,
) -> tuple[Cause, ...]:
    """The causes, strongest first; a kind that another brings about is listed as that one's symptom."""
    by_kind: dict[str, list[Evidence]] = defaultdict(list)
    kind_of = {one.name: one.cause for one in CANDIDATES}
    for one in sorted(evidence, key=strength, reverse=True):
        by_kind[kind_of.get(one.name, one.name)].append(one)
    strongest = {kind: strength(own[0]) for kind, own in by_kind.items()}
    roots = [kind for kind in KINDS if kind in by_kind and not _brought_about(kind, strongest)]
    roots.sort(key=lambda kind: -strongest[kind])
    symptoms = {kind for kind in by_kind if kind not in roots}
    causes = []
    for kind in roots:
        own = [one for one in KINDS if one in symptoms and one in _all_brought(kind)]
        symptoms -= set(own)
        causes.append(_cause(kind, own, by_kind, excluded, around))
    return tuple(causes)


def _brought_about(kind: str, strongest: Mapping[str, float]) -> bool:
    return any(
        kind in KINDS[other].brings and strongest[other] >= _AS_MUCH * strongest[kind]
        for other in strongest
        if other != kind
    )


def _all_brought(kind: str) -> set[str]:
    found: set[str] = set()
    ahead = [kind]
    while ahead:
        new = [one for one in KINDS[ahead.pop()].brings if one not in found]
        found.update(new)
        ahead += new
    return found


def _cause(
    kind: str,
    symptoms: Sequence[str],
    by_kind: Mapping[str, Sequence[Evidence]],
    excluded: Sequence[Excluded],
    around: Around,
) -> Cause:
    about, own = KINDS[kind], by_kind[kind]
    trouble = next(one.trouble for one in around.seen if one.trouble.name == own[0].trouble)
    earliest, latest = trouble.since - around.reach_seconds, trouble.since + around.reach_seconds / 4
    before = [one for one in around.deployments if earliest <= one.at <= latest]
    return Cause(
        cause=kind,
        title=about.title,
        mechanism=about.mechanism,
        action=about.action,
        strength=round(strength(own[0]), 4),
        evidence=tuple(own),
        symptoms=tuple(symptoms),
        rules_out=tuple(_ruled_out(kind, own[0], by_kind, excluded)),
        since=trouble.since,
        deployment=max(before, key=lambda one: one.at).name if before else "",
    )


def _ruled_out(
    kind: str, best: Evidence, by_kind: Mapping[str, Sequence[Evidence]], excluded: Sequence[Excluded]
) -> list[str]:
    told = []
    if best.apart_from_load is not None:
        left = best.apart_from_load
        told.append(
            f"plain load: {left.estimate:.2f} ({left.lower:.2f} to {left.upper:.2f}) is left without it"
        )
    others = {one.cause for one in excluded} - set(by_kind) - {kind}
    names = [one for one in KINDS if one in others]
    if names:
        told.append(f"{', '.join(names)}: measured, and not moving with it or too small")
    return told
