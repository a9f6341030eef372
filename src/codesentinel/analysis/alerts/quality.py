"""What each rule did over a window of history, as numbers."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.analysis.alerts.quality_firings import rule_key
from codesentinel.analysis.alerts.quality_reaction import was_attended, was_told
from codesentinel.analysis.alerts.quality_wait import flaps
from codesentinel.model.alert_quality import RuleQuality
from codesentinel.stats.proportion import proportion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codesentinel.analysis.alerts.quality_firings import Covered
    from codesentinel.model.alert_quality import Act, AlertRule, Firing, Notified


class History(NamedTuple):
    """What is on record: firings and waits of all rules by time, what was told, and what was done.

    ``acts`` and ``told`` are empty where the log holds none at all: then nothing is known, and nobody is
    said not to have acted.
    """

    firings: Sequence[Firing]
    pending: Sequence[Firing]
    acts: Sequence[Act]
    told: Sequence[Notified]
    covered: Covered


class Judged(NamedTuple):
    """A rule with its firings, and which of them somebody acted on."""

    quality: RuleQuality
    firings: tuple[Firing, ...]
    attended: tuple[bool, ...]


def judged(rule: AlertRule, history: History) -> Judged:
    """The numbers of one rule."""
    firings = tuple(one for one in history.firings if rule_key(one.labels) == rule.key)
    pending = [one for one in history.pending if rule_key(one.labels) == rule.key]
    attended = tuple(was_attended(one, history.acts) for one in firings)
    told = [not history.told or was_told(one, history.told) for one in firings]
    alone = sum(was and not acted for was, acted in zip(told, attended, strict=True))
    lengths = [one.seconds for one in firings if one.whole]
    quality = RuleQuality(
        rule=rule,
        firings=len(firings),
        near_misses=sum(_led_to_none(one, firings, rule) for one in pending if one.whole),
        total_seconds=sum(one.seconds for one in firings),
        median_seconds=median(lengths) if lengths else None,
        firing_ratio=min(_union_seconds(firings) / history.covered.seconds, 1.0),
        flaps=len(flaps(firings)),
        told=sum(told) if history.told else None,
        unattended=alone if history.acts else None,
        unattended_ratio=proportion(alone, sum(told)) if history.acts else None,
    )
    return Judged(quality, firings, attended)


def _led_to_none(wait: Firing, firings: Iterable[Firing], rule: AlertRule) -> bool:
    """Whether a condition ended before it had held long enough."""
    slack = 2 * rule.interval_seconds
    return not any(
        one.labels == wait.labels and wait.end - slack <= one.start <= wait.end + slack for one in firings
    )


def _union_seconds(firings: Iterable[Firing]) -> float:
    """How long at least one fired."""
    total, reached = 0.0, float("-inf")
    for one in sorted(firings, key=lambda f: f.start):
        total += max(one.end - max(one.start, reached), 0.0)
        reached = max(reached, one.end)
    return total
