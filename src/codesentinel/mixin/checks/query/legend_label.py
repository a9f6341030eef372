"""Whether legends name labels that are there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import text
from codesentinel.mixin.checks.labels import labels_of
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard

_LABEL = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")

_BY_CHOICE = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*(?:\$|\[\[)")
"""Labels that somebody chooses: which ones are kept is not known."""


@dashboard_check(
    "query/legend-label", Level.ERROR, mend="keep the label in the query's 'by', or name another one"
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every label that a legend names is one that the query's result can have."""
    del world
    for _, target, parsed in dashboard.trees:
        if parsed.tree is None or _BY_CHOICE.search(target.expr):
            continue
        kept = labels_of(parsed.tree)
        for label in _LABEL.findall(text(target.raw, "legendFormat")):
            if not kept.has(label) and label != "__name__":
                yield Fault(
                    f"{target.place}.legendFormat", f"query {target.ref_id} has no label {label!r} to name"
                )
