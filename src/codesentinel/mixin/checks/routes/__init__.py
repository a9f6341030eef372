"""Checks of Alertmanager's routes."""

from __future__ import annotations

from codesentinel.mixin.checks.routes import (
    alert_name,
    inhibition,
    matcher,
    receiver,
    unused_receiver,
)

CHECKS = (
    alert_name.check,
    inhibition.check,
    matcher.check,
    receiver.check,
    unused_receiver.check,
)
