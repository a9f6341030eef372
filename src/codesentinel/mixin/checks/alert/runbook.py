"""Whether there is a page to follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile


@rules_check("alert/runbook", Level.ERROR, mend="add the annotation runbook_url")
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """Every alert has a runbook_url: what to look at and what to do, thought out in no hurry."""
    del world
    for rule in file.alerts:
        if not rule.annotations.get("runbook_url", "").strip():
            yield Fault(f"{rule.place}.annotations.runbook_url", "has no runbook_url")
