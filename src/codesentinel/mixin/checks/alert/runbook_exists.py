"""Whether the page is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile


@rules_check("alert/runbook-exists", Level.ERROR, mend="write the page, or mend the path")
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """A runbook_url that is a path leads to a file; addresses on the web are not visited."""
    for rule in file.alerts:
        path = rule.annotations.get("runbook_url", "").strip()
        if path and "://" not in path and "{{" not in path and path.partition("#")[0] not in world.files:
            yield Fault(f"{rule.place}.annotations.runbook_url", f"leads to {path}, which does not exist")
