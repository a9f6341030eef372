"""Checks of rules of both kinds."""

from __future__ import annotations

from codesentinel.mixin.checks.rule import (
    counter,
    duplicate,
    error,
    label,
    metric,
    order,
    parse,
    quantile_le,
    quantile_window,
    rate_of_sum,
    rate_window,
    recorded,
    structure,
)

CHECKS = (
    counter.check,
    duplicate.check,
    error.check,
    label.check,
    metric.check,
    order.check,
    parse.check,
    quantile_le.check,
    quantile_window.check,
    rate_of_sum.check,
    rate_window.check,
    recorded.check,
    structure.check,
)
