"""Whether variables with several values are matched as such."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codesentinel.mixin.checks.base import Fault, dashboard_check
from codesentinel.model.problem import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard

_EXACT = re.compile(r"""(\w+)\s*(!?=)\s*(["'])\$(?:(\w+)|\{(\w+)(?::\w+)?\})\3""")


@dashboard_check("variable/multi-matcher", Level.ERROR, mend="match it by =~ (or !~)")
def check(dashboard: Dashboard, world: World) -> Iterator[Fault]:
    """A variable that can hold several values is matched by a pattern: with '=' two values match nothing."""
    del world
    many = {variable.name for variable in dashboard.variables if variable.is_many}
    texts = [(f"{target.place}.expr", target.expr) for _, target in dashboard.queries]
    texts += [(f"{variable.place}.query", variable.query) for variable in dashboard.variables]
    for place, value in texts:
        for label, operator, _, name, braced in _EXACT.findall(value):
            if (name or braced) in many:
                yield Fault(
                    place, f"matches {label}{operator}${name or braced}, which can hold several values"
                )
