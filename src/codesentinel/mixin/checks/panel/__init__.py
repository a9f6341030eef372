"""Checks of panels, one by one."""

from __future__ import annotations

from codesentinel.mixin.checks.panel import (
    description,
    grid,
    kind,
    matcher,
    number,
    overlap,
    override,
    ratio_range,
    reducer,
    repeat,
    targets,
    threshold_order,
    thresholds,
    title,
    transformation,
    unit,
    unit_fits,
    unit_known,
)

CHECKS = (
    description.check,
    grid.check,
    kind.check,
    matcher.check,
    number.check,
    overlap.check,
    override.check,
    ratio_range.check,
    reducer.check,
    repeat.check,
    targets.check,
    threshold_order.check,
    thresholds.check,
    title.check,
    transformation.check,
    unit.check,
    unit_fits.check,
    unit_known.check,
)
