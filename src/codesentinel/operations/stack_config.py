"""The configuration files of the local stack, written below ``.codesentinel/stack``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from codesentinel.act.provision import remove, write_text
from codesentinel.mixin.alertmanager import Receivers, alertmanager_config
from codesentinel.mixin.prometheus import ScrapeTarget, prometheus_config
from codesentinel.mixin.rules import rule_files
from codesentinel.mixin.timing import local
from codesentinel.model.deployment import RUN_JOB
from codesentinel.model.errors import ConfigurationError
from codesentinel.operations.http_names import http_names
from codesentinel.operations.mixin_files import read_objectives
from codesentinel.operations.stack_remote import remote_storage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.model.service import Service
    from codesentinel.operations.base import Context

_PUSHED = ("pushgateway",)
"""Jobs whose samples carry the labels of whoever pushed them."""


def write_stack_config(context: Context, services: Sequence[Service]) -> None:
    """Write the files of Prometheus and Alertmanager for these services.

    Raises:
        ConfigurationError: a file that is set does not exist, or objectives, names or `[remote]` are wrong.
    """
    folder = context.state_dir / "stack"
    settings = context.settings
    timing = local(settings.stack.scrape_interval_seconds)
    address = {s.name: f"127.0.0.1:{s.port}" for s in services if s.port is not None}
    rules = rule_files(
        timing,
        team=settings.alerting.team,
        runbook_base_url=settings.alerting.runbook_base_url,
        objectives=read_objectives(context),
        http=http_names(context),
    )
    for name, text in rules.items():
        write_text(folder / "rules" / name, text)
    for file in set((folder / "rules").glob("*.yml")) - {folder / "rules" / name for name in rules}:
        remove(file)  # of an earlier version; Prometheus would read it still
    write_text(
        folder / "prometheus.yml",
        prometheus_config(
            [_target(name, address[name]) for name in address],
            timing,
            scrape_interval_seconds=settings.stack.scrape_interval_seconds,
            rule_files=[str(folder / "rules" / "*.yml")],
            alertmanager_address=address["alertmanager"],
            remote_write_url=f"http://{address['victoria-metrics']}/api/v1/write",
            remote=remote_storage(context),
        ),
    )
    receivers = _receivers(context, f"http://{address['codesentinel']}/alerts")
    write_text(folder / "alertmanager.yml", alertmanager_config(receivers, timing))


def _target(job: str, address: str) -> ScrapeTarget:
    pushed = job in _PUSHED
    return ScrapeTarget(job, address, honor_labels=pushed, drop_jobs=(RUN_JOB,) if pushed else ())


def _receivers(context: Context, local_url: str) -> Receivers:
    alerting = context.settings.alerting
    problems: list[str] = []
    pagerduty = _key_file(
        context,
        "pagerduty_routing_key",
        alerting.pagerduty_routing_key_file,
        alerting.pagerduty_routing_key,
        problems,
    )
    slack = _key_file(
        context, "slack_webhook_url", alerting.slack_webhook_url_file, alerting.slack_webhook_url, problems
    )
    if problems:
        raise ConfigurationError("the settings", problems)
    return Receivers(
        local_url=local_url,
        pagerduty_routing_key_file=pagerduty,
        pagerduty_url=alerting.pagerduty_url,
        slack_webhook_url_file=slack,
        slack_channel=alerting.slack_channel,
    )


def _key_file(context: Context, name: str, file: str, secret: str, problems: list[str]) -> str | None:
    """The file that holds a key: the user's own, or one of ours for a key from the environment."""
    if secret:
        own = context.state_dir / "stack" / "secrets" / name
        write_text(own, secret, mode=0o600)
        return str(own)
    if not file:
        return None
    path = context.root / Path(file).expanduser()
    if not path.is_file():
        problems.append(f"alerting.{name}_file: no such file: {file}")
    return str(path)
