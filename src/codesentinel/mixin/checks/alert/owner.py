"""Whether alerts belong to somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile

_OWNERS = ("team", "owner")


@rules_check("alert/owner", Level.WARNING, mend="add the label team")
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """Every alert has the label or annotation team or owner: an alert of nobody is nobody's to mend."""
    del world
    for rule in file.alerts:
        if not any(rule.labels.get(name) or rule.annotations.get(name) for name in _OWNERS):
            yield Fault(f"{rule.place}.labels", "has neither team nor owner")
