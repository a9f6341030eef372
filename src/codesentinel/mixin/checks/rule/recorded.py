"""Whether the recordings that are read exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.mixin.checks.promql import metric_names, parse
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile


@rules_check("rule/recorded", Level.ERROR, mend="record it, or mend its name")
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """Every recording that a rule reads is recorded by some rule, or known to the server."""
    known = world.recordings | (world.facts.metrics if world.facts else frozenset())
    for rule in file.rules:
        for name in metric_names(parse(rule.expr).tree):
            if ":" in name and name not in known:
                yield Fault(f"{rule.place}.expr", f"reads {name}, which no rule here records")
