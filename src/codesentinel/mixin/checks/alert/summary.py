"""Whether alerts say in a line what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile

_LONGEST = 120


@rules_check(
    "alert/summary",
    Level.ERROR,
    mend="one line that holds for every instance; what differs belongs into the description",
)
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """Every alert has a summary: one line of at most 120 characters, the same for all alerts of the group."""
    del world
    for rule in file.alerts:
        summary = rule.annotations.get("summary", "")
        place = f"{rule.place}.annotations.summary"
        if not summary.strip():
            yield Fault(place, "has no summary")
        elif "{{" in summary:
            yield Fault(place, "has a summary that differs by instance, so that grouping hides it")
        elif len(summary) > _LONGEST or "\n" in summary.strip():
            yield Fault(place, f"has a summary of {len(summary)} characters or several lines")
