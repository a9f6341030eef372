"""All checks there are, in one explicit tuple."""

from __future__ import annotations

from codesentinel.mixin.checks import alert, dashboard, panel, query, recording, routes, rule, variable

CHECKS = (
    *dashboard.CHECKS,
    *panel.CHECKS,
    *variable.CHECKS,
    *query.CHECKS,
    *rule.CHECKS,
    *recording.CHECKS,
    *alert.CHECKS,
    *routes.CHECKS,
)
"""In the order in which a reader of the documentation meets them."""
