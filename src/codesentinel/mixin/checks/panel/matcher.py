"""Whether overrides find the fields they are for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fields import objects, text
from codesentinel.mixin.checks.vocabulary import MATCHERS
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard

_DELIMITED = re.compile(r"/(.*)/[gimsuy]*", re.DOTALL)


@dashboard_check(
    "panel/matcher", Level.ERROR, mend="a pattern is written between slashes: '/errors|failures/'"
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Every override matches by a rule that Grafana has, and its patterns stand between slashes."""
    del world
    for panel in dashboard.panels:
        for n, override in objects(panel.raw, "fieldConfig", "overrides"):
            place = f"{panel.place}.fieldConfig.overrides[{n}].matcher"
            kind, pattern = text(override, "matcher", "id"), text(override, "matcher", "options")
            if kind not in MATCHERS:
                yield Fault(place, f"has an override that matches by {kind!r}, which Grafana does not have")
            if kind != "byRegexp":
                continue
            delimited = _DELIMITED.fullmatch(pattern)
            if not delimited:
                yield Fault(place, f"has the pattern {pattern!r}, not between slashes: it matches nothing")
            elif not _is_pattern(delimited[1]):
                yield Fault(place, f"has the pattern {pattern!r}, which is none")


def _is_pattern(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True
