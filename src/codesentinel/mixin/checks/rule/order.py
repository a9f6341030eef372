"""Whether rules come after what they read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.mixin.checks.promql import metric_names, parse
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile


@rules_check("rule/order", Level.WARNING, mend="put the recording before what reads it")
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """In a group, a recording stands before the rules that read it: they would see the value of last time."""
    del world
    for group in file.groups:
        later = {rule.name for rule in group.rules if rule.is_recording}
        for rule in group.rules:
            reads = set(metric_names(parse(rule.expr).tree))
            for name in sorted(reads & later - {rule.name}):
                yield Fault(f"{rule.place}.expr", f"reads {name}, which is recorded further down")
            later.discard(rule.name)
