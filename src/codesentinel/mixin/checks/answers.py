"""The answers of a server to the queries of a dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.checks.questions import question_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.mixin.checks.base import World
    from codesentinel.mixin.checks.dashboards import Dashboard, Target
    from codesentinel.model.facts import Answer, Question


def answers(dashboard: Dashboard, world: World) -> Iterator[tuple[Target, Question, Answer]]:
    """Each query that was asked, as it was asked, with its answer."""
    if world.facts is None:
        return
    values = world.facts.variables.get(dashboard.file, {})
    for _, target in dashboard.queries:
        question = question_of(dashboard, target, values, world.wishes.scrape_interval_seconds)
        answer = world.facts.answers.get(question)
        if answer is not None:
            yield target, question, answer
