"""Whether alerts wait for more than a blip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile

_LEAST_SECONDS = 60.0


@rules_check("alert/wait", Level.WARNING, mend="set for to at least 1m, more for what is not urgent")
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """Every alert has a 'for' of at least a minute and two scrapes: one bad sample wakes nobody."""
    least = max(_LEAST_SECONDS, 2 * world.wishes.scrape_interval_seconds)
    for rule in file.alerts:
        place = f"{rule.place}.for"
        if "for" not in rule.raw:
            yield Fault(place, "fires at the first sample: it has no 'for'")
        elif rule.for_seconds is None:
            yield Fault(place, f"has the 'for' {rule.raw['for']!r}, which is no duration")
        elif rule.for_seconds < least:
            yield Fault(place, f"waits for {rule.for_seconds:g} s only, less than {least:g} s")
