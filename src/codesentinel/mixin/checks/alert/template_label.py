"""Whether templates name labels that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.mixin.checks.labels import labels_of
from codesentinel.mixin.checks.promql import parse
from codesentinel.mixin.checks.templates import labels_used
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile


@rules_check(
    "alert/template-label", Level.ERROR, mend="keep the label in the expression's 'by', or name another one"
)
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """Templates name labels that the expression keeps: any other one is an empty place in the text."""
    for rule in file.alerts:
        tree = parse(rule.expr).tree
        if tree is None:
            continue
        kept = labels_of(tree)
        for kind, texts in (("labels", rule.labels), ("annotations", rule.annotations)):
            for name, template in texts.items():
                for label in sorted(labels_used(template)):
                    known = kept.has(label) or label in rule.labels or label == "alertname"
                    if not known:
                        yield Fault(
                            f"{rule.place}.{kind}.{name}",
                            f"{name} names the label {label!r}, which is not kept",
                        )
    del world
