"""What the values of a query are measured in, where the names of its metrics say so."""

from __future__ import annotations

from typing import Any

import promql_parser as pq

from codesentinel.mixin.checks.promql import bare, is_comparison, metric_name, metric_names

_SAME_MEASURE = frozenset(
    "sum avg min max topk bottomk quantile limitk group_left "
    "avg_over_time min_over_time max_over_time last_over_time quantile_over_time sum_over_time "
    "delta idelta abs ceil floor round clamp clamp_min clamp_max sort sort_desc label_replace label_join "
    "predict_linear".split()
)
_PER_SECOND = frozenset(("rate", "irate", "deriv"))
_ADDITIVE = frozenset(("+", "-"))
_BASE = {"seconds": "seconds", "bytes": "bytes"}


def measure_of(tree: Any) -> str:
    """``seconds``, ``bytes``, ``bytes per second`` or ``moment in seconds``; empty where nothing is sure."""
    node = bare(tree)
    if isinstance(node, pq.VectorSelector):
        return _of_metric(metric_name(node))
    if isinstance(node, pq.MatrixSelector):
        return measure_of(node.vector_selector)
    if isinstance(node, pq.AggregateExpr) and str(node.op) in _SAME_MEASURE:
        return measure_of(node.expr)
    if isinstance(node, pq.Call):
        return _of_call(node)
    if isinstance(node, pq.BinaryExpr):
        return _of_pair(node)
    return ""


def _of_metric(name: str) -> str:
    if ":" in name:  # a recording: only its metric is known, not what was done to it
        return ""
    if name.endswith(("_timestamp_seconds", "_time_seconds")):
        return (
            "moment in seconds"
            if name.endswith(("_timestamp_seconds", "start_time_seconds", "boot_time_seconds"))
            else ""
        )
    if name.endswith(("_bucket", "_count", "_total", "_sum")):
        return ""
    return _BASE.get(name.rpartition("_")[2], "")


def _of_call(node: pq.Call) -> str:
    name = node.func.name
    if name == "histogram_quantile":
        metrics = metric_names(node.args[-1])
        return "seconds" if metrics and all(m.endswith("_seconds_bucket") for m in metrics) else ""
    if name in _PER_SECOND:
        selector = bare(node.args[0])
        metric = metric_name(selector.vector_selector) if isinstance(selector, pq.MatrixSelector) else ""
        return "bytes per second" if metric.endswith("_bytes_total") else ""
    if name in _SAME_MEASURE:
        vectors = [arg for arg in node.args if not isinstance(arg, pq.NumberLiteral | pq.StringLiteral)]
        return measure_of(vectors[0]) if vectors else ""
    return ""


def _of_pair(node: pq.BinaryExpr) -> str:
    left, right = bare(node.lhs), bare(node.rhs)
    operator = str(node.op)
    if is_comparison(node) and not (node.modifier and node.modifier.return_bool):
        return measure_of(left)
    if operator in _ADDITIVE:
        if (
            isinstance(left, pq.Call)
            and left.func.name == "time"
            and measure_of(right) == "moment in seconds"
        ):
            return "seconds"
        measures = {measure_of(left), measure_of(right)}
        only = measures.pop() if len(measures) == 1 else ""
        return "seconds" if only == "moment in seconds" and operator == "-" else only
    return measure_of(left) if operator in ("and", "unless") else ""


def _buckets(node: Any) -> list[str]:
    return metric_names(node)
