"""Whether quantiles are of histograms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.mixin.checks.promql import parse
from codesentinel.mixin.checks.shapes import quantiles_without_le
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile


@rules_check("rule/quantile-le", Level.ERROR, mend="keep le: sum by (le, ...) (rate(..._bucket[5m]))")
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """histogram_quantile gets series with the label le: without it, it gives nothing."""
    del world
    for rule in file.rules:
        for fault in quantiles_without_le(parse(rule.expr).tree):
            yield Fault(f"{rule.place}.expr", fault)
