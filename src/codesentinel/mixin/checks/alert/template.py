"""Whether templates can be expanded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.mixin.checks.templates import mistake_in
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile


@rules_check("alert/template", Level.ERROR, mend="such as {{ $labels.instance }} or {{ $value | humanize }}")
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """The templates of labels and annotations can be expanded: else their text is an error message."""
    del world
    for rule in file.alerts:
        for kind, texts in (("labels", rule.labels), ("annotations", rule.annotations)):
            for name, template in texts.items():
                mistake = mistake_in(template)
                if mistake:
                    yield Fault(f"{rule.place}.{kind}.{name}", f"{name} {mistake}")
