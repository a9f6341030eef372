"""Whether rules say the same twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile


@rules_check("rule/duplicate", Level.ERROR, mend="remove one of the two, or tell them apart by their labels")
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """No two rules have the same name and labels: each would undo the other."""
    for rule in file.rules:
        first_file, first = world.firsts[rule.identity]
        if rule.name and first is not rule:
            yield Fault(rule.place, f"has the name and the labels of {first_file.file} {first.place}")
