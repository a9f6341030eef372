"""Whether rates are taken before sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.mixin.checks.promql import parse
from codesentinel.mixin.checks.shapes import rates_of_aggregates
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile


@rules_check(
    "rule/rate-of-sum", Level.ERROR, mend="turn it round: sum(rate(...)); also where the sum is a recording"
)
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """Rates are summed, sums are not rated: a counter that restarts would look like a leap of all of them."""
    del world
    for rule in file.rules:
        for fault in rates_of_aggregates(parse(rule.expr).tree):
            yield Fault(f"{rule.place}.expr", fault)
