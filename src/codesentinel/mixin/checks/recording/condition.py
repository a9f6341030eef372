"""Whether recordings keep all values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.mixin.checks.promql import bare, is_comparison, parse
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile


@rules_check(
    "recording/condition",
    Level.WARNING,
    mend="record the value, and compare where it is read; or compare with 'bool'",
)
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """A recording does not end in a comparison: the series would have gaps, as if nothing was scraped."""
    del world
    for rule in file.rules:
        node = bare(parse(rule.expr).tree)
        if rule.is_recording and is_comparison(node) and not (node.modifier and node.modifier.return_bool):
            yield Fault(f"{rule.place}.expr", "records only the values for which its comparison holds")
