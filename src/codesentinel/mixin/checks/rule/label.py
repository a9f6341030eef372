"""Whether labels exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.mixin.checks.promql import parse
from codesentinel.mixin.checks.shapes import label_names
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile


@rules_check("rule/label", Level.ERROR, needs_server=True, mend="mend the name of the label")
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """Every label that a rule selects, groups or joins by is on some series of the server."""
    if world.facts is None or not world.facts.labels:
        return
    for rule in file.rules:
        for name in label_names(parse(rule.expr).tree):
            if name not in world.facts.labels:
                yield Fault(f"{rule.place}.expr", f"names the label {name!r}, which no series has")
