"""What scrapers of a fleet read: the hosts from files, the servers of the tier itself by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.model.duration import prometheus_duration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCRAPE_SECONDS = 15.0
_TIMEOUT_SECONDS = 10.0
TARGETS_PATH = "/etc/targets"
REPLICA = "replica"
"""The external label by which the two of a pair differ."""


def scraped(own: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """``global`` and ``scrape_configs``: every file of targets, and ``own`` jobs with their addresses.

    A target's job stands in its file, so that one entry serves every kind of exporter.
    """
    return {
        "global": {
            "scrape_interval": prometheus_duration(SCRAPE_SECONDS),
            "scrape_timeout": prometheus_duration(_TIMEOUT_SECONDS),
        },
        "scrape_configs": [
            {"job_name": "fleet", "file_sd_configs": [{"files": [f"{TARGETS_PATH}/*.yml"]}]},
            *(
                {"job_name": job, "static_configs": [{"targets": list(addresses)}]}
                for job, addresses in own.items()
            ),
        ],
    }


def paired(own: Mapping[str, Sequence[str]], *, cluster: str, alertmanagers: Sequence[str]) -> dict[str, Any]:
    """A Prometheus that is one of two: they differ in ``replica``, which no alert carries.

    ``${REPLICA}`` is taken from the environment, by the feature ``expand-external-labels``.
    """
    config = scraped(own)
    config["global"]["external_labels"] = {"cluster": cluster, REPLICA: "${REPLICA}"}
    if alertmanagers:
        config["alerting"] = {
            "alert_relabel_configs": [dropping(REPLICA)],
            "alertmanagers": [{"static_configs": [{"targets": list(alertmanagers)}]}],
        }
    return config


def dropping(*labels: str) -> dict[str, str]:
    """A relabelling that takes labels away."""
    return {"action": "labeldrop", "regex": "|".join(labels)}
