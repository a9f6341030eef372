"""Shapes of queries that parse and are wrong all the same: in panels and in rules alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import promql_parser as pq

from codesentinel.mixin.checks.labels import labels_of
from codesentinel.mixin.checks.promql import RATES, bare, calls, matchers, metric_name, metric_names, nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

_COUNTER_RATES = frozenset(("rate", "increase", "irate"))
_GAUGE_CHANGES = frozenset(("delta", "idelta", "deriv", "predict_linear"))


def quantiles_without_le(tree: Any) -> Iterator[str]:
    """Each histogram_quantile whose buckets have lost their bounds on the way."""
    for call in calls(tree, "histogram_quantile"):
        if not labels_of(call.args[-1]).has("le"):
            yield f"takes a quantile of {_shown(call.args[-1])}, which has no label 'le' any more"


def quantiles_of_totals(tree: Any) -> Iterator[str]:
    """Each histogram_quantile over buckets since the start of the process rather than over their rate."""
    for call in calls(tree, "histogram_quantile"):
        inner = call.args[-1]
        names = metric_names(inner)
        is_rated = any(isinstance(n, pq.Call) and n.func.name in RATES for n in nodes(inner))
        if names and all(name.endswith("_bucket") and ":" not in name for name in names) and not is_rated:
            yield f"takes a quantile of {_shown(inner)}: of all there ever was, not of a window"


def rates_of_aggregates(tree: Any) -> Iterator[str]:
    """Each rate of a sum: when one of the counters restarts, the sum falls and the rate jumps."""
    for call in calls(tree, *_COUNTER_RATES):
        inner = bare(call.args[0])
        if isinstance(inner, pq.SubqueryExpr) and isinstance(bare(inner.expr), pq.AggregateExpr):
            yield f"takes the {call.func.name} of an aggregation: {_shown(inner)}"


def label_names(tree: Any) -> list[str]:
    """The labels that a query selects, groups or joins by, without those that it makes itself.

    Those that it drops (``without``, ``ignoring``) are not meant to be there.
    """
    asked, made = [], {"__name__"}
    for node in nodes(tree):
        if isinstance(node, pq.VectorSelector):
            asked += [m.name for m in matchers(node) if m.value or m.op != pq.MatchOp.Equal]
        elif isinstance(node, pq.AggregateExpr):
            if node.modifier and node.modifier.type == pq.AggModifierType.By:
                asked += node.modifier.labels
            made.add(node.param.val if isinstance(node.param, pq.StringLiteral) else "")
        elif isinstance(node, pq.BinaryExpr) and node.modifier is not None:
            matching = node.modifier.matching
            if matching and matching.type == pq.LabelModifierType.Include:
                asked += matching.labels
            asked += node.modifier.group_labels or []
        elif isinstance(node, pq.Call) and node.func.name in ("label_replace", "label_join"):
            made.update(arg.val for arg in node.args[1:2] if isinstance(arg, pq.StringLiteral))
    return [name for name in dict.fromkeys(asked) if name not in made]


def counters_misused(tree: Any, types: dict[str, str]) -> Iterator[str]:
    """Each rate of what is a gauge, and each difference of what is a counter, by the types a server told."""
    for call in calls(tree, *(_COUNTER_RATES | _GAUGE_CHANGES)):
        inner = bare(call.args[0])
        name = metric_name(inner.vector_selector) if isinstance(inner, pq.MatrixSelector) else ""
        kind = types.get(name, "")
        if kind == "gauge" and call.func.name in _COUNTER_RATES:
            yield f"takes the {call.func.name} of {name}, which is a gauge"
        if kind == "counter" and call.func.name in _GAUGE_CHANGES:
            yield f"takes the {call.func.name} of {name}, which is a counter"


def _shown(node: Any) -> str:
    text = str(node)
    return text if len(text) <= 100 else f"{text[:97]}..."
