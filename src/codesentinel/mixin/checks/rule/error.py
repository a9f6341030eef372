"""Whether the server takes the queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.model.facts import Question
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile


@rules_check(
    "rule/error",
    Level.ERROR,
    needs_server=True,
    mend="run the query by hand; the server says what it dislikes",
)
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """The server answers every expression: matching errors, such as many-to-many, show only on data."""
    if world.facts is None:
        return
    for rule in file.rules:
        answer = world.facts.answers.get(Question(rule.expr))
        if answer is not None and answer.error:
            yield Fault(f"{rule.place}.expr", answer.error)
