"""Asking a server everything that the checks want to know about dashboards and rules."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from codesentinel.capture.facts import FactFinder
from codesentinel.model.facts import Facts, Question
from codesentinel.operations.endpoints import endpoints

if TYPE_CHECKING:
    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard
    from codesentinel.mixin.checks.questions import Values
    from codesentinel.operations.base import Context


def facts_about(context: Context, world: World, url: str) -> Facts:
    """What the server says about every variable and every query of the world.

    Raises:
        Unreachable: nobody answers; nothing is judged then.
        BadAnswer: it is no server of this kind.
    """
    from codesentinel.mixin.checks.questions import question_of

    server = url.rstrip("/") or endpoints(context).prometheus
    finder = FactFinder(server, timeout_seconds=context.settings.sources.timeout_seconds, now=time.time())
    metrics, types = finder.metrics(), finder.types()
    interval = world.wishes.scrape_interval_seconds
    variables = {d.file: _resolved(d, finder, interval) for d in world.dashboards}
    questions = [
        question_of(dashboard, target, variables[dashboard.file], interval)
        for dashboard in world.dashboards
        for _, target in dashboard.queries
    ]
    questions += [Question(rule.expr) for _, rule in world.rules if rule.expr.strip()]
    context.tell(f"running {len(set(questions))} queries")
    return Facts(server.rpartition("@")[2], metrics, types, finder.ask(questions), variables, finder.labels())


def _resolved(dashboard: Dashboard, finder: FactFinder, interval: float) -> Values:
    """The values of a dashboard's variables, each with those before it filled in."""
    from codesentinel.mixin.checks.fill import Macros, filled
    from codesentinel.mixin.checks.questions import (
        fixed_values,
        kept_values,
        range_of,
        variable_query,
        written,
    )

    seconds = range_of(dashboard)
    macros = Macros(seconds, interval).values
    values: Values = {}
    for variable in dashboard.variables:
        if variable.type != "query":
            values[variable.name] = fixed_values(variable)
            continue
        asked = variable_query(filled(variable.query, written(dashboard, values) | macros))
        if asked.kind == "label_values":
            found = finder.label_values(asked.label, asked.argument, seconds)
        elif asked.kind == "label_names":
            found = finder.label_values("", asked.argument, seconds)
        elif asked.kind == "metrics":
            found = finder.label_values("__name__", f'{{__name__=~".*{asked.argument}.*"}}', seconds)
        else:
            found = finder.result_texts(asked.argument) if asked.kind else ()
        values[variable.name] = kept_values(variable, found)
    return values
