"""Whether windows hold enough samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import promql_parser as pq

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.mixin.checks.promql import RATES, bare, calls, parse
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile

_SCRAPES = 4


@rules_check("rule/rate-window", Level.ERROR, mend="take a window of at least four scrapes, such as [5m]")
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """Rates are over at least four scrapes: over fewer, one that fails leaves a gap."""
    least = _SCRAPES * world.wishes.scrape_interval_seconds
    for rule in file.rules:
        for call in calls(parse(rule.expr).tree, *RATES):
            inner = bare(call.args[0])
            seconds = inner.range.total_seconds() if isinstance(inner, pq.MatrixSelector) else least
            if seconds < least:
                yield Fault(
                    f"{rule.place}.expr",
                    f"takes the {call.func.name} over {seconds:g} s, scraped every "
                    f"{world.wishes.scrape_interval_seconds:g} s",
                )
