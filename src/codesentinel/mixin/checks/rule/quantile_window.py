"""Whether quantiles are of a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.mixin.checks.promql import parse
from codesentinel.mixin.checks.shapes import quantiles_of_totals
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile


@rules_check("rule/quantile-window", Level.ERROR, mend="take the rate of the buckets first")
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """histogram_quantile gets rates of buckets: the buckets themselves count since the process began."""
    del world
    for rule in file.rules:
        for fault in quantiles_of_totals(parse(rule.expr).tree):
            yield Fault(f"{rule.place}.expr", fault)
