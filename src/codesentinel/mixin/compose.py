"""A Compose file with the official images, on the addresses that ``codesentinel up`` uses too.

Every service shares the host's network and listens on its loopback alone: so the node exporter sees the
host's devices, codesentinel's receiver is reached where it listens, and one set of addresses serves all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.mixin.grafana.provisioning import COMMAND, DASHBOARDS_PATH
from codesentinel.mixin.yaml_text import yaml_text

if TYPE_CHECKING:
    from collections.abc import Mapping

IMAGES = {
    "victoria-metrics": "victoriametrics/victoria-metrics:v1.124.0",
    "alertmanager": "prom/alertmanager:v0.28.1",
    "pushgateway": "prom/pushgateway:v1.11.0",
    "node-exporter": "prom/node-exporter:v1.9.1",
    "prometheus": "prom/prometheus:v3.5.0",
    "grafana": "grafana/grafana:12.4.0",
}
GRAFANA_PORT = 3000
SECRETS = ("pagerduty_routing_key", "slack_webhook_url")

_READY = {"victoria-metrics": "/health", "node-exporter": "/", "grafana": "/api/health"}


def compose(ports: Mapping[str, int], *, retention_months: int) -> str:
    """The text of ``compose.yaml``, which stands beside the folders that it mounts."""
    where = {name: f"127.0.0.1:{ports[name]}" for name in IMAGES if name in ports}
    where["grafana"] = f"127.0.0.1:{GRAFANA_PORT}"
    services = {
        "victoria-metrics": _service(
            [
                f"-httpListenAddr={where['victoria-metrics']}",
                "-storageDataPath=/data",
                f"-retentionPeriod={retention_months}",
                "-dedup.minScrapeInterval=1ms",
            ],
            ["victoria-metrics:/data"],
        ),
        "alertmanager": _service(
            [
                "--config.file=/etc/alertmanager/alertmanager.yml",
                "--storage.path=/alertmanager",
                f"--web.listen-address={where['alertmanager']}",
                f"--web.external-url=http://{where['alertmanager']}",
                "--cluster.listen-address=",
            ],
            [
                "alertmanager:/alertmanager",
                _read_only("alertmanager/alertmanager.yml", "/etc/alertmanager/alertmanager.yml"),
            ],
        )
        | {"secrets": _secrets("/etc/alertmanager/secrets")},
        "pushgateway": _service(
            [
                f"--web.listen-address={where['pushgateway']}",
                "--persistence.file=/pushgateway/metrics",
                "--persistence.interval=1s",
            ],
            ["pushgateway:/pushgateway"],
        ),
        "node-exporter": _service(
            [f"--web.listen-address={where['node-exporter']}", "--path.rootfs=/host"],
            ["/:/host:ro,rslave"],
        )
        | {"pid": "host"},
        "prometheus": _service(
            [
                "--config.file=/etc/prometheus/prometheus.yml",
                "--storage.tsdb.path=/prometheus",
                "--storage.tsdb.retention.time=15d",
                f"--web.listen-address={where['prometheus']}",
                f"--web.external-url=http://{where['prometheus']}",
                "--rules.alert.resend-delay=5s",
            ],
            ["prometheus:/prometheus", _read_only("prometheus", "/etc/prometheus")],
        )
        | {"depends_on": _ready("victoria-metrics", "alertmanager")},
        "grafana": _grafana(),
    }
    for name, service in services.items():
        service["healthcheck"]["test"] = _probe(where[name], _READY.get(name, "/-/ready"))
    stored = ("victoria-metrics", "alertmanager", "pushgateway", "prometheus", "grafana")
    return yaml_text(
        {
            "name": "codesentinel",
            "services": {name: {"image": IMAGES[name], **service} for name, service in services.items()},
            "volumes": {name: {} for name in stored},
            "secrets": {
                name: {"file": f"${{CODESENTINEL_SECRETS:-./secrets}}/{name}"}
                for name in (*SECRETS, "grafana_admin_password")
            },
        },
        command=COMMAND,
    )


def _service(command: list[str], volumes: list[str]) -> dict[str, Any]:
    return {
        **({"command": command} if command else {}),
        "network_mode": "host",
        "restart": "unless-stopped",
        "security_opt": ["no-new-privileges:true"],
        "volumes": volumes,
        "healthcheck": {"test": [], "interval": "10s", "timeout": "5s", "retries": 6, "start_period": "20s"},
    }


def _grafana() -> dict[str, Any]:
    service = _service(
        [],
        [
            "grafana:/var/lib/grafana",
            _read_only("grafana/provisioning", "/etc/grafana/provisioning"),
            _read_only("grafana/dashboards", DASHBOARDS_PATH),
        ],
    )
    return service | {
        "environment": {
            "GF_SERVER_HTTP_ADDR": "127.0.0.1",
            "GF_SERVER_HTTP_PORT": str(GRAFANA_PORT),
            "GF_SECURITY_ADMIN_PASSWORD__FILE": "/run/secrets/grafana_admin_password",
            "GF_ANALYTICS_REPORTING_ENABLED": "false",
            "GF_USERS_ALLOW_SIGN_UP": "false",
        },
        "secrets": [*SECRETS, "grafana_admin_password"],
        "depends_on": _ready("prometheus", "victoria-metrics", "alertmanager"),
    }


def _read_only(source: str, target: str) -> str:
    return f"./{source}:{target}:ro"


def _secrets(folder: str) -> list[dict[str, str]]:
    return [{"source": name, "target": f"{folder}/{name}"} for name in SECRETS]


def _ready(*names: str) -> dict[str, dict[str, str]]:
    return {name: {"condition": "service_healthy"} for name in names}


def _probe(address: str, path: str) -> list[str]:
    return ["CMD", "wget", "-q", "-O", "/dev/null", f"http://{address}{path}"]
