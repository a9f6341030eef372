"""Whether rules are PromQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.mixin.checks.promql import parse
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile


@rules_check("rule/parse", Level.ERROR, mend="mend the query; promtool check rules names the place")
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """Every expression parses and its types fit."""
    del world
    for rule in file.rules:
        error = parse(rule.expr).error if rule.expr.strip() else ""
        if error:
            yield Fault(f"{rule.place}.expr", error)
