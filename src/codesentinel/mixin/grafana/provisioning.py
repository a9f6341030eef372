"""Grafana's provisioning files: data sources with fixed uids, and the folder of its dashboards."""

from __future__ import annotations

from typing import Any, NamedTuple

from codesentinel.mixin.yaml_text import yaml_text
from codesentinel.model.duration import prometheus_duration

COMMAND = "codesentinel dashboards provision"
FOLDER = "codesentinel"
DASHBOARDS_PATH = "/etc/grafana/dashboards"


class Servers(NamedTuple):
    """Base URLs of what Grafana asks."""

    prometheus: str
    history: str
    alertmanager: str


def datasources(servers: Servers, *, scrape_interval_seconds: float) -> str:
    """Prometheus, the long history, and Alertmanager.

    ``timeInterval`` is the scrape interval: Grafana makes ``$__rate_interval`` of it, and a rate over fewer
    than two scrapes is no rate. Queries go by POST, for long ones do not fit into a URL.
    """
    interval = prometheus_duration(scrape_interval_seconds)
    read = {"httpMethod": "POST", "timeInterval": interval, "prometheusType": "Prometheus"}
    return _text(
        {
            "prune": True,
            "datasources": [
                _source("Prometheus", "prometheus", servers.prometheus, read, is_default=True),
                _source("History", "prometheus", servers.history, read),
                _source(
                    "Alertmanager",
                    "alertmanager",
                    servers.alertmanager,
                    {"implementation": "prometheus", "handleGrafanaManagedAlerts": False},
                ),
            ],
        }
    )


def dashboard_provider() -> str:
    """Where the dashboards lie; a change in the browser is refused, for the file would undo it."""
    return _text(
        {
            "providers": [
                {
                    "name": FOLDER,
                    "orgId": 1,
                    "type": "file",
                    "folder": FOLDER,
                    "folderUid": FOLDER,
                    "disableDeletion": False,
                    "allowUiUpdates": False,
                    "updateIntervalSeconds": 30,
                    "options": {"path": DASHBOARDS_PATH},
                }
            ]
        }
    )


def _source(
    name: str, kind: str, url: str, data: dict[str, Any], *, is_default: bool = False
) -> dict[str, Any]:
    return {
        "name": name,
        "uid": f"codesentinel-{name.lower()}",
        "type": kind,
        "access": "proxy",
        "url": url,
        "isDefault": is_default,
        "editable": False,
        "jsonData": data,
    }


def _text(document: dict[str, Any]) -> str:
    return yaml_text({"apiVersion": 1, **document}, command=COMMAND)
