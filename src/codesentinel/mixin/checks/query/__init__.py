"""Checks of the queries of panels."""

from __future__ import annotations

from codesentinel.mixin.checks.query import (
    counter,
    empty,
    error,
    label,
    legend,
    legend_label,
    legend_missing,
    metric,
    nan,
    parse,
    quantile_le,
    quantile_window,
    rate_of_sum,
    rate_window,
    ref_id,
    slow,
)

CHECKS = (
    counter.check,
    empty.check,
    error.check,
    label.check,
    legend.check,
    legend_label.check,
    legend_missing.check,
    metric.check,
    nan.check,
    parse.check,
    quantile_le.check,
    quantile_window.check,
    rate_of_sum.check,
    rate_window.check,
    ref_id.check,
    slow.check,
)
