"""Which labels the result of a query can have, read off its tree."""

from __future__ import annotations

from typing import Any, NamedTuple

import promql_parser as pq

from codesentinel.mixin.checks.promql import COMPARISONS, bare, matchers

_SELECTING = ("topk", "bottomk", "limitk", "limit_ratio")
_OF_THE_SELECTOR = ("absent", "absent_over_time")
_SET_OPERATORS = ("and", "unless")


class Labels(NamedTuple):
    """A set of label names: just these, or all ``but`` these."""

    names: frozenset[str]
    but: bool = False

    def has(self, name: str) -> bool:
        """Whether a series can have the label."""
        return (name in self.names) is not self.but

    def only(self, names: frozenset[str]) -> Labels:
        """Those of ``names`` that are in the set."""
        return Labels(frozenset(name for name in names if self.has(name)))

    def without(self, names: frozenset[str]) -> Labels:
        """The set without these."""
        return Labels(self.names | names if self.but else self.names - names, self.but)

    def plus(self, names: frozenset[str]) -> Labels:
        """The set with these."""
        return Labels(self.names - names if self.but else self.names | names, self.but)

    def union(self, other: Labels) -> Labels:
        """What either has."""
        if self.but and other.but:
            return Labels(self.names & other.names, but=True)
        if other.but:
            return other.union(self)
        return self.plus(other.names)


NONE = Labels(frozenset())
ANY = Labels(frozenset(), but=True)


def labels_of(node: Any) -> Labels:
    """The labels that a result may have; nothing is said of those that it must have."""
    node = bare(node)
    if isinstance(node, pq.VectorSelector):
        return ANY.without(_absent(node))
    if isinstance(node, pq.MatrixSelector):
        return labels_of(node.vector_selector)
    if isinstance(node, pq.UnaryExpr | pq.SubqueryExpr):
        return labels_of(node.expr)
    if isinstance(node, pq.AggregateExpr):
        return _aggregated(node)
    if isinstance(node, pq.Call):
        return _called(node)
    return _joined(node) if isinstance(node, pq.BinaryExpr) else NONE


def _absent(selector: pq.VectorSelector) -> frozenset[str]:
    return frozenset(m.name for m in matchers(selector) if m.op == pq.MatchOp.Equal and not m.value)


def _aggregated(node: pq.AggregateExpr) -> Labels:
    inner, kind = labels_of(node.expr), str(node.op)
    if kind in _SELECTING:
        return inner
    names = frozenset(node.modifier.labels) if node.modifier else frozenset()
    is_without = node.modifier is not None and node.modifier.type == pq.AggModifierType.Without
    kept = inner.without(names) if is_without else inner.only(names)
    if kind == "count_values" and isinstance(node.param, pq.StringLiteral):
        kept = kept.plus(frozenset((node.param.val,)))
    return kept


def _called(node: pq.Call) -> Labels:
    name = node.func.name
    vectors = [arg for arg in node.args if not _is_scalar(arg)]
    if name in ("vector", "scalar", "time", "pi") or not vectors:
        return NONE
    if name in _OF_THE_SELECTOR:
        selector = bare(node.args[0])
        selector = selector.vector_selector if isinstance(selector, pq.MatrixSelector) else selector
        if not isinstance(selector, pq.VectorSelector):
            return NONE
        return Labels(frozenset(m.name for m in matchers(selector) if m.op == pq.MatchOp.Equal))
    inner = labels_of(vectors[0])
    if name in ("label_replace", "label_join"):
        target = node.args[1]
        return inner.plus(frozenset((target.val,))) if isinstance(target, pq.StringLiteral) else inner
    if name == "histogram_quantile":
        return inner.without(frozenset(("le",)))
    return ANY if name == "info" else inner


def _joined(node: pq.BinaryExpr) -> Labels:
    left, right = labels_of(node.lhs), labels_of(node.rhs)
    if _is_scalar(node.lhs) or _is_scalar(node.rhs):
        return right if _is_scalar(node.lhs) else left
    operator = str(node.op)
    if operator == "or":
        return left.union(right)
    modifier = node.modifier
    if operator in _SET_OPERATORS or modifier is None:
        return left
    added = frozenset(modifier.group_labels or ())
    if modifier.card == pq.VectorMatchCardinality.ManyToOne:
        return left.plus(added)
    if modifier.card == pq.VectorMatchCardinality.OneToMany:
        return right.plus(added)
    if modifier.matching is None:
        return left
    names = frozenset(modifier.matching.labels)
    is_on = modifier.matching.type == pq.LabelModifierType.Include
    return left.only(names) if is_on else left.without(names)


def _is_scalar(node: Any) -> bool:
    node = bare(node)
    if isinstance(node, pq.NumberLiteral | pq.StringLiteral):
        return True
    if isinstance(node, pq.UnaryExpr):
        return _is_scalar(node.expr)
    if isinstance(node, pq.Call):
        return node.func.name in ("scalar", "time", "pi")
    arithmetic = isinstance(node, pq.BinaryExpr) and (
        str(node.op) not in COMPARISONS or (node.modifier is not None and node.modifier.return_bool)
    )
    return arithmetic and _is_scalar(node.lhs) and _is_scalar(node.rhs)
