"""Whether there is a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import promql_parser as pq

from codesentinel.mixin.checks.base import Fault, rules_check
from codesentinel.mixin.checks.promql import bare, children, is_comparison, parse
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.rulefiles import RuleFile

_EXISTENCE = ("absent", "absent_over_time", "vector")


@rules_check("alert/condition", Level.ERROR, mend="compare with a threshold: ... > 0.1")
def check(file: RuleFile, world: World) -> Iterator[Fault]:
    """Every alert has a condition that can be false: a bare series fires for as long as it exists."""
    del world
    for rule in file.alerts:
        tree = parse(rule.expr).tree
        if tree is not None and not _is_conditional(tree):
            yield Fault(f"{rule.place}.expr", "compares nothing: it fires whatever the value is")


def _is_conditional(tree: Any) -> bool:
    """Whether some node filters. ``bool`` gives 0 rather than nothing, and 0 fires too."""
    node = bare(tree)
    if isinstance(node, pq.BinaryExpr):
        operator = str(node.op)
        if is_comparison(node):
            return not (node.modifier and node.modifier.return_bool)
        if operator in ("and", "unless"):
            return True
        if operator == "or":
            return _is_conditional(node.lhs) and _is_conditional(node.rhs)
    if isinstance(node, pq.Call) and node.func.name in _EXISTENCE:
        return True
    return any(_is_conditional(child) for child in children(node))
