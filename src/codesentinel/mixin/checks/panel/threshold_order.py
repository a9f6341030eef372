"""Whether thresholds rise."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import objects
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard


@dashboard_check(
    "panel/threshold-order",
    Level.ERROR,
    mend="begin with a step whose value is null, and let the others rise",
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """The first threshold has no value and the others rise: Grafana takes the last one that is reached."""
    del world
    for panel in dashboard.panels:
        place = f"{panel.place}.fieldConfig.defaults.thresholds.steps"
        values = [
            step.get("value")
            for _, step in objects(panel.raw, "fieldConfig", "defaults", "thresholds", "steps")
        ]
        if not values:
            continue
        if values[0] is not None:
            yield Fault(
                f"{place}[0].value", f"has a first threshold of {values[0]!r}, and no colour below it"
            )
        numbers = [v for v in values[1:] if isinstance(v, int | float)]
        if len(numbers) < len(values) - 1:
            yield Fault(place, "has a threshold without a value that is not the first")
        elif any(later <= sooner for sooner, later in pairwise(numbers)):
            yield Fault(place, f"has thresholds that do not rise: {', '.join(f'{n:g}' for n in numbers)}")
