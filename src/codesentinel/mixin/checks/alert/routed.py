"""Whether somebody is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile


@rules_check(
    "alert/routed",
    Level.ERROR,
    mend="add a route for the severity to alertmanager.yml, or use one that has a route",
)
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """The routing has a route for the severity of every alert: nobody looks at what the default takes."""
    for routing in world.routings:
        for rule in file.alerts:
            severity = rule.labels.get("severity", "")
            if "{{" not in severity and not routing.routes_severity(severity):
                yield Fault(
                    f"{rule.place}.labels",
                    f"has the severity {severity!r}, for which {routing.file} has no route",
                )
