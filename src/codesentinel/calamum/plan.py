"""What a run plays, and in which order: the same for the same seed."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from codesentinel.calamum.experiment import Experiment

_SEEDS = 1 << 31


class Part(NamedTuple):
    """One case of a run, with the chances that it draws from.

    Attributes:
        experiment: what is played.
        given: names and values of this repetition.
        seed: of its chances.
        no_time: why it is not even tried; empty where it is.
    """

    experiment: Experiment
    given: Mapping[str, Any]
    seed: int
    no_time: str = ""

    @property
    def name(self) -> str:
        """As people know it."""
        return f"{self.experiment.attacked}/{self.experiment.case}"


def plan(every: Sequence[Experiment], seed: int, repeat: int, budget_seconds: float) -> tuple[Part, ...]:
    """The cases in the order in which they begin; those that are too long for the budget stand last.

    The first round has the most valuable case of each target, the longest first, so that none is left out.
    Behind it comes, again and again, the next case of the target that would have had the least time with it:
    a target of many short cases and one of few long ones get the same share.
    """
    chance = random.Random(seed)  # noqa: S311 - an order, not a secret
    parts = [
        Part(one, dict(given), chance.randrange(_SEEDS), _too_long(one, budget_seconds))
        for _ in range(repeat)
        for one in every
        for given in one.repeat
    ]
    waiting: dict[str, list[Part]] = {}
    for part in sorted((one for one in parts if not one.no_time), key=_value):
        waiting.setdefault(part.experiment.target, []).append(part)
    first = sorted((of.pop(0) for of in waiting.values()), key=lambda one: -one.experiment.usual_seconds)
    return (*first, *_fairly(waiting, first), *(one for one in parts if one.no_time))


def _value(part: Part) -> tuple[float, float]:
    """The most valuable first, and of these the shortest."""
    return -part.experiment.value, part.experiment.usual_seconds


def _fairly(waiting: Mapping[str, list[Part]], had: Iterable[Part]) -> list[Part]:
    """The rest, so that each target has had about as much time as any other, at any moment."""
    spent = {part.experiment.target: part.experiment.usual_seconds for part in had}
    rest = []
    while left := [target for target, parts in waiting.items() if parts]:
        target = min(left, key=lambda one: (spent[one] + waiting[one][0].experiment.usual_seconds, one))
        part = waiting[target].pop(0)
        spent[target] += part.experiment.usual_seconds
        rest.append(part)
    return rest


def _too_long(one: Experiment, budget_seconds: float) -> str:
    if one.usual_seconds <= budget_seconds:
        return ""
    return f"it takes about {one.usual_seconds:g} s, and the whole budget is {budget_seconds:g} s"
