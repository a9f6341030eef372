"""Checks of alerts."""

from __future__ import annotations

from codesentinel.mixin.checks.alert import (
    condition,
    description,
    name,
    owner,
    pair,
    routed,
    runbook,
    runbook_exists,
    severity,
    summary,
    template,
    template_label,
    value_label,
    wait,
)

CHECKS = (
    condition.check,
    description.check,
    name.check,
    owner.check,
    pair.check,
    routed.check,
    runbook.check,
    runbook_exists.check,
    severity.check,
    summary.check,
    template.check,
    template_label.check,
    value_label.check,
    wait.check,
)
