"""Whether alerts say how urgent they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile


@rules_check(
    "alert/severity", Level.ERROR, mend="set the label severity to one of those agreed on (--severities)"
)
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """Every alert has the label severity, and its value is one of those agreed on."""
    for rule in file.alerts:
        severity = rule.labels.get("severity", "")
        if severity not in world.wishes.severities:
            said = f"has the severity {severity!r}" if severity else "has no severity"
            yield Fault(f"{rule.place}.labels", f"{said}: none of {', '.join(world.wishes.severities)}")
