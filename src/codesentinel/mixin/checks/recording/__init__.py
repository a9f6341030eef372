"""Checks of recording rules."""

from __future__ import annotations

from codesentinel.mixin.checks.recording import (
    condition,
    name,
)

CHECKS = (
    condition.check,
    name.check,
)
