"""Whether labels stay the same while an alert fires."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.mixin.checks.templates import uses_value
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile


@rules_check("alert/value-label", Level.ERROR, mend="put the value into the description")
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """No label holds the value: with each value it would be another alert, whose wait begins anew."""
    del world
    for rule in file.alerts:
        for name, template in rule.labels.items():
            if uses_value(template):
                yield Fault(f"{rule.place}.labels.{name}", f"has the value in the label {name!r}")
