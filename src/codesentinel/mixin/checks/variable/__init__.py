"""Checks of template variables."""

from __future__ import annotations

from codesentinel.mixin.checks.variable import (
    all_value,
    chain,
    defined,
    multi_matcher,
    name,
    query,
    refresh,
    resolved,
    sort,
    used,
)

CHECKS = (
    all_value.check,
    chain.check,
    defined.check,
    multi_matcher.check,
    name.check,
    query.check,
    refresh.check,
    resolved.check,
    sort.check,
    used.check,
)
