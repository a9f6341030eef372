"""What a deployment reads: Grafana's provisioning, Prometheus' configuration, a Compose file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from codesentinel.act.provision import read_text, write_text
from codesentinel.mixin.alertmanager import Receivers, alertmanager_config
from codesentinel.mixin.compose import SECRETS, compose
from codesentinel.mixin.grafana.alerting import contact_points, policies
from codesentinel.mixin.grafana.provisioning import COMMAND, Servers, dashboard_provider, datasources
from codesentinel.mixin.prometheus import ScrapeTarget, prometheus_config
from codesentinel.mixin.tiers import thanos, victoriametrics
from codesentinel.mixin.timing import PRODUCTION
from codesentinel.model.deployment import RUN_JOB
from codesentinel.model.service import PORTS
from codesentinel.operations.base import Context, Effect, operation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codesentinel.config.settings import Settings

_SCRAPE_SECONDS = 15.0
_SCRAPED = ("prometheus", "alertmanager", "pushgateway", "node-exporter", "victoria-metrics", "codesentinel")
_PROVISIONING = Path("grafana/provisioning")
_CLUSTER = "main"
_RAW_DAYS, _FIVE_MINUTES_DAYS = 30, 180
"""How long many hosts' samples are kept as they were scraped, and one in five minutes of each series."""


@dataclass(frozen=True, slots=True)
class Provisioned:
    """The generated files, and those of them that were not as generated; relative to the workspace."""

    files: tuple[str, ...]
    changed: tuple[str, ...]
    files_modified: tuple[str, ...] = ()

    @property
    def is_current(self) -> bool:
        """Whether everything was as generated."""
        return not self.changed


@operation("dashboards.provision", Effect.WRITE, metadata=lambda done: {"changed": list(done.changed)})
def provision(context: Context, *, output: str = "infrastructure", check: bool = False) -> Provisioned:
    """Write what Grafana, Prometheus, Compose and the tiers for many hosts read; with ``check`` only compare.

    ``output`` is relative to the workspace root, and the folder that ``alerts build`` and ``dashboards
    build`` write into. Files that are as generated are not touched.

    Raises:
        Failed: a file cannot be read or written.
    """
    files = {context.root / output / path: text for path, text in deployment(context.settings).items()}
    return kept_as_made(context, files, check=check)


def kept_as_made(context: Context, files: Mapping[Path, str], *, check: bool) -> Provisioned:
    """Write what differs from its text, or with ``check`` only say what does."""
    changed = [path for path, text in files.items() if read_text(path) != text]
    if not check:
        for path in changed:
            write_text(path, files[path])
    names = tuple(context.relative(path) for path in files)
    written = tuple(context.relative(path) for path in changed)
    return Provisioned(names, written, () if check else written)


def deployment(settings: Settings) -> dict[Path, str]:
    """Relative path to text, for servers on the loopback of one host and keys in files."""
    where = {name: f"127.0.0.1:{PORTS[name]}" for name in _SCRAPED}
    servers = Servers(
        *(f"http://{where[name]}" for name in ("prometheus", "victoria-metrics", "alertmanager"))
    )
    alerting = yaml.safe_load(_alertmanager(settings, f"http://{where['codesentinel']}/alerts"))
    return {
        _PROVISIONING / "datasources/codesentinel.yml": datasources(
            servers, scrape_interval_seconds=_SCRAPE_SECONDS
        ),
        _PROVISIONING / "dashboards/codesentinel.yml": dashboard_provider(),
        _PROVISIONING / "alerting/contact-points.yml": contact_points(alerting),
        _PROVISIONING / "alerting/policies.yml": policies(alerting),
        Path("prometheus/prometheus.yml"): _prometheus(where),
        Path("compose.yaml"): compose(PORTS, retention_months=settings.stack.history_retention_months),
        **_tiers(settings.stack.history_retention_months),
    }


def _tiers(retention_months: int) -> dict[Path, str]:
    """A VictoriaMetrics cluster and Thanos, each with its Compose file, for as long as history is kept."""
    cluster = victoriametrics.files(
        cluster=_CLUSTER, retention=f"{_RAW_DAYS}d", years=str(retention_months), command=COMMAND
    )
    bucket = thanos.files(
        cluster=_CLUSTER,
        raw=f"{_RAW_DAYS}d",
        five_minutes=f"{_FIVE_MINUTES_DAYS}d",
        hour=f"{retention_months * 31}d",
        command=COMMAND,
    )
    return {
        Path(folder) / name: text
        for folder, files in (("victoriametrics", cluster), ("thanos", bucket))
        for name, text in files.items()
    }


def _alertmanager(settings: Settings, local_url: str) -> str:
    """Alertmanager's configuration with the keys where Grafana finds them."""
    alerting = settings.alerting
    pagerduty, slack = (f"/run/secrets/{name}" for name in SECRETS)
    receivers = Receivers(
        local_url=local_url,
        pagerduty_routing_key_file=pagerduty,
        pagerduty_url=alerting.pagerduty_url,
        slack_webhook_url_file=slack,
        slack_channel=alerting.slack_channel,
    )
    return alertmanager_config(receivers, PRODUCTION)


def _prometheus(where: dict[str, str]) -> str:
    return prometheus_config(
        [
            ScrapeTarget(name, address, honor_labels=True, drop_jobs=(RUN_JOB,))
            if name == "pushgateway"
            else ScrapeTarget(name, address)
            for name, address in where.items()
        ],
        PRODUCTION,
        scrape_interval_seconds=_SCRAPE_SECONDS,
        rule_files=["rules/*.yml"],
        alertmanager_address=where["alertmanager"],
        remote_write_url=f"http://{where['victoria-metrics']}/api/v1/write",
        command=COMMAND,
    )
