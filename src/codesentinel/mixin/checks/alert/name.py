"""Whether alerts have names that people can say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile

_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")


@rules_check("alert/name", Level.WARNING, mend="name it in CamelCase: what is wrong, such as DiskFullSoon")
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """Alerts have names in CamelCase: they are file names of runbooks, and searched for."""
    del world
    for rule in file.alerts:
        if not _NAME.fullmatch(rule.name):
            yield Fault(f"{rule.place}.alert", "has a name that is not CamelCase")
