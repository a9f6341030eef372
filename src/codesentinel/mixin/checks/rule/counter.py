"""Whether counters are treated as counters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.mixin.checks.promql import parse
from codesentinel.mixin.checks.shapes import counters_misused
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile


@rules_check(
    "rule/counter",
    Level.ERROR,
    needs_server=True,
    mend="rate() and increase() for counters, delta() and deriv() for gauges",
)
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """Rates are of counters and differences of gauges, by the types that the exporters declare."""
    if world.facts is None:
        return
    for rule in file.rules:
        for fault in counters_misused(parse(rule.expr).tree, dict(world.facts.types)):
            yield Fault(f"{rule.place}.expr", fault)
