"""Whether a page silences its ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.mixin.checks.labels import labels_of
from codesentinel.mixin.checks.promql import parse
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile


@rules_check("alert/pair", Level.ERROR, mend="group both by the same labels")
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """Alerts of one name and two severities have the same labels: else none can silence the other."""
    ranks = {severity: n for n, severity in enumerate(world.wishes.severities)}
    for rule in file.alerts:
        own = parse(rule.expr).tree
        rank = ranks.get(rule.labels.get("severity", ""), -1)
        for _, other in world.alerts[rule.name]:
            theirs = parse(other.expr).tree
            if (
                rank < 1
                or own is None
                or theirs is None
                or ranks.get(other.labels.get("severity", ""), 9) >= rank
            ):
                continue
            a, b = labels_of(own), labels_of(theirs)
            if not a.but and not b.but and a.names != b.names:
                said = f"({', '.join(sorted(b.names))}) against ({', '.join(sorted(a.names))})"
                yield Fault(
                    f"{rule.place}.expr", f"has other labels than its {other.labels['severity']}: {said}"
                )
            names = set(rule.labels) ^ set(other.labels)
            if names:
                yield Fault(
                    f"{rule.place}.labels", f"has not the labels of its pair: {', '.join(sorted(names))}"
                )
