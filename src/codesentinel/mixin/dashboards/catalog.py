"""The dashboards there are, and which of their panels may have nothing to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.dashboards.deployment_pipeline import deployment_pipeline
from codesentinel.mixin.dashboards.infrastructure_health import infrastructure_health
from codesentinel.mixin.dashboards.layout import placed
from codesentinel.mixin.dashboards.satellite_health import satellite_health
from codesentinel.mixin.dashboards.service_deep_dive import service_deep_dive
from codesentinel.mixin.dashboards.system_overview import system_overview
from codesentinel.mixin.http_names import OTEL
from codesentinel.mixin.yaml_text import yaml_text

if TYPE_CHECKING:
    from codesentinel.mixin.dashboards.panel import Dashboard
    from codesentinel.mixin.http_names import HttpNames

BUILD = "codesentinel dashboards build"


def dashboards(http: HttpNames = OTEL) -> tuple[Dashboard, ...]:
    """Every dashboard, for services with these metrics."""
    return (
        system_overview(http),
        service_deep_dive(http),
        infrastructure_health(),
        deployment_pipeline(),
        satellite_health(),
    )


def empty_panels(pages: tuple[Dashboard, ...]) -> str:
    """The text of ``empty-panels.yml``: by uid the panels that may be empty, and the variables, and why."""
    found = {
        page.uid: [
            {"panel": place.id, "title": panel.title, "reason": panel.may_be_empty}
            for row in placed(page)
            for panel, place in row.panels
            if panel.may_be_empty
        ]
        for page in pages
    }
    variables = {
        page.uid: [
            {"variable": variable.name, "reason": variable.may_be_empty}
            for variable in page.variables
            if variable.may_be_empty
        ]
        for page in pages
    }
    document = found | {"variables": {uid: names for uid, names in variables.items() if names}}
    return yaml_text({key: content for key, content in document.items() if content}, command=BUILD)
