"""Whether metrics exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.mixin.checks.promql import MADE_BY_RULES, calls, metric_name, metric_names, parse, selectors
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile


@rules_check("rule/metric", Level.ERROR, needs_server=True, mend="mend the name, or scrape what exports it")
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """Every metric that a rule names is exported by somebody: an alert on any other one never fires."""
    if world.facts is None:
        return
    for rule in file.rules:
        tree = parse(rule.expr).tree
        excused = {
            metric_name(s) for call in calls(tree, "absent", "absent_over_time") for s in selectors(call)
        }
        for name in metric_names(tree):
            if ":" not in name and name not in world.facts.metrics | MADE_BY_RULES and name not in excused:
                yield Fault(f"{rule.place}.expr", f"reads {name}, which nobody exports")
