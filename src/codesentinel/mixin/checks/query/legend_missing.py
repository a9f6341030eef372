"""Whether the labels of a legend are in the result."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codesentinel.mixin.checks.answers import answers
from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import text
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard

_LABEL = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")


@dashboard_check(
    "query/legend-missing", Level.ERROR, needs_server=True, mend="name a label that the series have"
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every label that a legend names is on at least one series of the result."""
    for target, _, answer in answers(dashboard, world):
        for label in _LABEL.findall(text(target.raw, "legendFormat")):
            if answer.series and label not in answer.labels:
                place = f"{target.place}.legendFormat"
                yield Fault(place, f"query {target.ref_id}: no series of the result has the label {label!r}")
