"""Whether alerts say what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile


@rules_check(
    "alert/description",
    Level.ERROR,
    mend="say which, how much, and what that means, with {{ $labels.job }} and {{ $value }}",
)
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """Every alert has a description."""
    del world
    for rule in file.alerts:
        if not (rule.annotations.get("description") or rule.annotations.get("message") or "").strip():
            yield Fault(f"{rule.place}.annotations.description", "has no description")
