"""Whether recordings tell what they hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile

_NAME = re.compile(r"[a-zA-Z_]\w*:[a-zA-Z_]\w*:\w+", re.ASCII)


@rules_check(
    "recording/name",
    Level.ERROR,
    mend="name it after its labels, its metric and what was done: job:requests:rate5m",
)
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """Recordings are named level:metric:operations, so that a reader knows what they were made of."""
    del world
    for rule in file.rules:
        if rule.is_recording and not _NAME.fullmatch(rule.name):
            yield Fault(f"{rule.place}.record", "has a name that is not level:metric:operations")
