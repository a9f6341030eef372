"""Whether rates follow the time range."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.mixin.checks.fill import references
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard

_WINDOW = re.compile(r"\b(rate|increase|irate|delta|idelta|deriv)\s*\(")
_GOOD = re.compile(r"\$(?:__rate_interval|__range|__range_s|\{__rate_interval\}|\{__range\})")


@dashboard_check(
    "query/rate-window", Level.ERROR, mend="use [$__rate_interval], or [$__range] for one number over it all"
)
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """Rates are over $__rate_interval or $__range: a fixed window is blind on a long range."""
    del world
    variables = {variable.name for variable in dashboard.variables if variable.type in ("interval", "custom")}
    for _, target in dashboard.queries:
        for function, window in windows(target.expr):
            if not _GOOD.match(window) and not references(window) & variables:
                yield Fault(f"{target.place}.expr", f"query {target.ref_id}: {function} over [{window}]")


def windows(expr: str) -> Iterator[tuple[str, str]]:
    """Each rate with its window, as they are written."""
    for call in _WINDOW.finditer(expr):
        window = _window_of(expr, call.end())
        if window:
            yield call[1], window


def _window_of(expr: str, start: int) -> str:
    """What stands in the last brackets of the call that is opened at ``start``; not in quotes."""
    depth, quote, opened, found = 1, "", 0, ""
    for at in range(start, len(expr)):
        character = expr[at]
        if quote:
            quote = "" if character == quote and expr[at - 1] != "\\" else quote
        elif character in "\"'`":
            quote = character
        elif character == "[" and depth == 1:
            opened = at + 1
        elif character == "]" and depth == 1:
            found = expr[opened:at].strip()
        depth += 0 if quote else (character in "({") - (character in ")}")
        if not depth:
            break
    return found
