"""PromQL as a tree, and what can be read off it without a server.

``promql-parser`` parses and checks types; it speaks the language of Prometheus 2.45, without ``$``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import promql_parser as pq

if TYPE_CHECKING:
    from collections.abc import Iterator

_STRING = re.compile(r"""\"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`""")
_OPERATOR = re.compile(r"[-+*/%^=<>!]|\b(?:and|or|unless|atan2)\b")
_MOST_OPERATORS = 400
_DEEPEST = 100
RATES = frozenset(("rate", "increase", "irate", "delta", "idelta", "deriv"))
MADE_BY_RULES = frozenset(("ALERTS", "ALERTS_FOR_STATE"))
"""Series that Prometheus makes itself, and only while an alert is active."""
COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">="))


class Parsed(NamedTuple):
    """The tree, or why there is none."""

    tree: Any
    error: str = ""


@lru_cache(maxsize=4096)
def parse(query: str) -> Parsed:
    """A query's tree. What is far larger than any query is not tried: the parser's stack would overflow."""
    skeleton = _STRING.sub("", query)
    if len(_OPERATOR.findall(skeleton)) > _MOST_OPERATORS or _depth(skeleton) > _DEEPEST:
        return Parsed(None, f"more than {_MOST_OPERATORS} operators, or nested deeper than {_DEEPEST}")
    try:
        return Parsed(pq.parse(query))
    except ValueError as exc:
        return Parsed(None, str(exc) or "not PromQL")


def nodes(tree: Any) -> Iterator[Any]:
    """Every node of a tree, the outer before the inner."""
    left = [tree]
    while left:
        node = left.pop()
        if node is not None:
            yield node
            left.extend(reversed(children(node)))


def children(node: Any) -> list[Any]:
    """The nodes directly below one."""
    if isinstance(node, pq.BinaryExpr):
        return [node.lhs, node.rhs]
    if isinstance(node, pq.AggregateExpr):
        return [*([node.param] if isinstance(node.param, pq.Expr) else []), node.expr]
    if isinstance(node, pq.Call):
        return list(node.args)
    if isinstance(node, pq.MatrixSelector):
        return [node.vector_selector]
    return [node.expr] if isinstance(node, pq.UnaryExpr | pq.ParenExpr | pq.SubqueryExpr) else []


def bare(node: Any) -> Any:
    """The node within its parentheses."""
    while isinstance(node, pq.ParenExpr):
        node = node.expr
    return node


def selectors(tree: Any) -> list[pq.VectorSelector]:
    """Every selection of series."""
    return [node for node in nodes(tree) if isinstance(node, pq.VectorSelector)]


def metric_name(selector: pq.VectorSelector) -> str:
    """The name that a selector asks for; empty where it asks by a pattern, or not at all."""
    if selector.name:
        return selector.name
    exact = [m.value for m in matchers(selector) if m.name == "__name__" and m.op == pq.MatchOp.Equal]
    return exact[0] if exact else ""


def matchers(selector: pq.VectorSelector) -> list[pq.Matcher]:
    """The conditions on labels."""
    return list(selector.matchers.matchers)


def metric_names(tree: Any) -> list[str]:
    """The metrics that a query reads, by name."""
    return list(dict.fromkeys(name for name in map(metric_name, selectors(tree)) if name))


def calls(tree: Any, *names: str) -> list[pq.Call]:
    """Every call of one of these functions."""
    return [node for node in nodes(tree) if isinstance(node, pq.Call) and node.func.name in names]


def is_comparison(node: Any) -> bool:
    """Whether a node filters by comparing."""
    return isinstance(node, pq.BinaryExpr) and str(node.op) in COMPARISONS


def _depth(query: str) -> int:
    depth = deepest = 0
    for character in query:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    return deepest
