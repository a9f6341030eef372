"""The rule files: every group of the catalogue, one file each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.mixin.catalog.calamum import calamum
from codesentinel.mixin.catalog.deployments import deployments
from codesentinel.mixin.catalog.hosts import hosts
from codesentinel.mixin.catalog.monitoring import monitoring
from codesentinel.mixin.catalog.objectives import slo
from codesentinel.mixin.catalog.overview import overview, uptime
from codesentinel.mixin.catalog.processes import processes
from codesentinel.mixin.catalog.satellites import satellites
from codesentinel.mixin.catalog.services import services
from codesentinel.mixin.catalog.targets import targets
from codesentinel.mixin.catalog.trends import trends
from codesentinel.mixin.http_names import OTEL
from codesentinel.mixin.objectives import DEFAULT
from codesentinel.mixin.rule import Group, Owner
from codesentinel.mixin.yaml_text import yaml_text

if TYPE_CHECKING:
    from codesentinel.mixin.http_names import HttpNames
    from codesentinel.mixin.objectives import Objectives
    from codesentinel.mixin.timing import Timing


def groups(timing: Timing, http: HttpNames = OTEL, objectives: Objectives = DEFAULT) -> tuple[Group, ...]:
    """Every group of rules there is, at this timing; a group reads its own recordings and earlier groups'."""
    return (
        targets(timing),
        overview(timing, http),
        uptime(timing),
        services(timing, http),
        hosts(timing),
        processes(timing),
        deployments(timing),
        satellites(timing),
        calamum(timing),
        monitoring(timing),
        slo(timing, http, objectives),
        trends(timing, objectives),
    )


def rule_files(
    timing: Timing,
    *,
    team: str,
    runbook_base_url: str,
    http: HttpNames = OTEL,
    objectives: Objectives = DEFAULT,
) -> dict[str, str]:
    """File name to YAML text for ``infrastructure/prometheus/rules`` or a stack of one's own.

    Args:
        timing: what windows and waits are made of.
        team: the ``team`` label of every alert.
        runbook_base_url: what stands before ``/<alert>.md`` in every ``runbook_url``.
        http: under which names services expose their requests.
        objectives: what services promise.
    """
    owner = Owner(team, runbook_base_url)
    interval = timing.evaluation_interval_seconds
    every = groups(timing, http, objectives)
    return {f"{g.name}.yml": yaml_text(g.as_document(owner, interval)) for g in every}
