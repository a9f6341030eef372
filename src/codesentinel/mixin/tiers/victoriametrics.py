"""A VictoriaMetrics cluster: every sample twice, two scrapers, two that evaluate rules, a tier for years.

Two scrapers send the same series, and the storage keeps one sample of each per scrape interval: what they
send must not differ in a label. Downsampling is part of the Enterprise edition alone; the tier for years is
a second storage whose interval of deduplication is five minutes, which keeps one sample of twenty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.mixin.compose import IMAGES
from codesentinel.mixin.tiers.containers import (
    ALERTMANAGER_ADDRESSES,
    RULES_MOUNT,
    RULES_PATH,
    TARGETS_MOUNT,
    alertmanagers,
    container,
    tier,
)
from codesentinel.mixin.tiers.scraping import REPLICA, SCRAPE_SECONDS, dropping, paired, scraped
from codesentinel.mixin.yaml_text import yaml_text
from codesentinel.model.duration import prometheus_duration

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = "v1.124.0"
COPIES = 2
STORAGES = ("vmstorage-1", "vmstorage-2", "vmstorage-3")
INSERTS = ("vminsert-1", "vminsert-2")
SELECTS = ("vmselect-1", "vmselect-2")
AGENTS = ("vmagent-1", "vmagent-2")
ALERTS = ("vmalert-1", "vmalert-2")
YEARS = "victoria-metrics-years"
THINNED_SECONDS = 300.0
"""Of the tier for years: one sample of each series in so long."""

_WRITE, _READ = "/insert/0/prometheus", "/select/0/prometheus"
_DEDUP = f"-dedup.minScrapeInterval={prometheus_duration(SCRAPE_SECONDS)}"


def files(*, cluster: str, retention: str, years: str, command: str) -> Mapping[str, str]:
    """File name to text, for ``infrastructure/victoriametrics``.

    Args:
        cluster: the label by which this fleet differs from another that writes into the same storage.
        retention: of samples as they were scraped, as VictoriaMetrics writes it: ``90d``, ``13`` months.
        years: of thinned samples.
        command: what generates the files.
    """
    return {
        "compose.yaml": tier("codesentinel-metrics", _services(cluster, retention, years), command=command),
        "vmagent.yml": yaml_text(_scraping(cluster), command=command),
        "vmauth.yml": yaml_text(_balancing(), command=command),
        "prometheus.yml": yaml_text(_prometheus(cluster), command=command),
    }


def _services(cluster: str, retention: str, years: str) -> dict[str, dict[str, Any]]:
    return {
        **{name: _storage(name, retention) for name in STORAGES},
        **{name: container(_image("vminsert"), [_nodes(8400), _copies()]) for name in INSERTS},
        **{name: _select(name) for name in SELECTS},
        "vmauth": container(
            _image("vmauth", ""),
            ["-auth.config=/etc/vmauth/vmauth.yml"],
            "./vmauth.yml:/etc/vmauth/vmauth.yml:ro",
            environment={"VMAUTH_PASSWORD": "${VMAUTH_PASSWORD:?set a password}"},
            ports=["127.0.0.1:8427:8427"],
        ),
        YEARS: container(
            IMAGES["victoria-metrics"],
            [
                "-storageDataPath=/data",
                f"-retentionPeriod={years}",
                f"-dedup.minScrapeInterval={prometheus_duration(THINNED_SECONDS)}",
            ],
            f"{YEARS}:/data",
            ports=["127.0.0.1:8428:8428"],
        ),
        **{name: _agent(name, number) for number, name in enumerate(AGENTS)},
        **{name: _alert(agent, cluster) for name, agent in zip(ALERTS, AGENTS, strict=True)},
        **alertmanagers(),
    }


def _image(name: str, edition: str = "-cluster") -> str:
    return f"victoriametrics/{name}:{VERSION}{edition}"


def _nodes(port: int) -> str:
    return f"-storageNode={','.join(f'{name}:{port}' for name in STORAGES)}"


def _copies() -> str:
    return f"-replicationFactor={COPIES}"


def _storage(name: str, retention: str) -> dict[str, Any]:
    return container(
        _image("vmstorage"),
        [
            "-storageDataPath=/data",
            f"-retentionPeriod={retention}",
            _DEDUP,
            "-storage.minFreeDiskSpaceBytes=10GB",
        ],
        f"{name}:/data",
    )


def _select(name: str) -> dict[str, Any]:
    return container(
        _image("vmselect"), [_nodes(8401), _copies(), _DEDUP, "-cacheDataPath=/cache"], f"{name}:/cache"
    )


def _agent(name: str, number: int) -> dict[str, Any]:
    """One of the pair: each target is scraped by ``COPIES`` members, which are all while there are two."""
    return container(
        _image("vmagent", ""),
        [
            "-promscrape.config=/etc/vmagent/vmagent.yml",
            "-promscrape.config.strictParse",
            f"-promscrape.cluster.membersCount={len(AGENTS)}",
            f"-promscrape.cluster.memberNum={number}",
            f"-promscrape.cluster.replicationFactor={COPIES}",
            f"-remoteWrite.url=http://vmauth:8427{_WRITE}/api/v1/write",
            "-remoteWrite.basicAuth.username=metrics,",
            "-remoteWrite.basicAuth.passwordFile=/run/secrets/vmauth_password,",
            f"-remoteWrite.url=http://{YEARS}:8428/api/v1/write",
            "-remoteWrite.tmpDataPath=/queue",
            "-remoteWrite.maxDiskUsagePerURL=20GB",
        ],
        f"{name}:/queue",
        "./vmagent.yml:/etc/vmagent/vmagent.yml:ro",
        TARGETS_MOUNT,
        "${CODESENTINEL_SECRETS:-../secrets}/vmauth_password:/run/secrets/vmauth_password:ro",
    )


def _alert(agent: str, cluster: str) -> dict[str, Any]:
    """What it records goes to a scraper, and with the samples to both storages."""
    return container(
        _image("vmalert", ""),
        [
            f"-rule={RULES_PATH}/*.yml",
            f"-evaluationInterval={prometheus_duration(SCRAPE_SECONDS)}",
            f"-datasource.url=http://vmauth:8427{_READ}",
            "-datasource.basicAuth.username=metrics",
            "-datasource.basicAuth.passwordFile=/run/secrets/vmauth_password",
            "-datasource.queryStep=5m",
            f"-external.label=cluster={cluster}",
            "-disableAlertgroupLabel",
            f"-remoteWrite.url=http://{agent}:8429",
            f"-remoteRead.url=http://vmauth:8427{_READ}",
            "-remoteRead.basicAuth.username=metrics",
            "-remoteRead.basicAuth.passwordFile=/run/secrets/vmauth_password",
            *(f"-notifier.url=http://{address}" for address in ALERTMANAGER_ADDRESSES),
        ],
        RULES_MOUNT,
        "${CODESENTINEL_SECRETS:-../secrets}/vmauth_password:/run/secrets/vmauth_password:ro",
    )


def _own() -> dict[str, list[str]]:
    """The tier's own servers, by job."""
    ports = {"vmstorage": (STORAGES, 8482), "vminsert": (INSERTS, 8480), "vmselect": (SELECTS, 8481)}
    ports |= {"vmagent": (AGENTS, 8429), "vmalert": (ALERTS, 8880)}
    jobs = {job: [f"{name}:{port}" for name in names] for job, (names, port) in ports.items()}
    return jobs | {"victoria-metrics": [f"{YEARS}:8428"], "alertmanager": list(ALERTMANAGER_ADDRESSES)}


def _scraping(cluster: str) -> dict[str, Any]:
    """The same for every scraper: by what they send nobody can tell them apart."""
    config = scraped(_own())
    config["global"]["external_labels"] = {"cluster": cluster}
    return config


def _prometheus(cluster: str) -> dict[str, Any]:
    """Where two Prometheus scrape instead: here the label by which they differ would double every series."""
    config = paired(_own(), cluster=cluster, alertmanagers=())
    config["remote_write"] = [
        {
            "name": "cluster",
            "url": f"http://vmauth:8427{_WRITE}/api/v1/write",
            "basic_auth": {"username": "metrics", "password_file": "/run/secrets/vmauth_password"},
            "write_relabel_configs": [dropping(REPLICA)],
            "queue_config": {
                "max_samples_per_send": 10000,
                "capacity": 50000,
                "min_shards": 4,
                "max_shards": 30,
                "batch_send_deadline": "5s",
                "min_backoff": "500ms",
                "max_backoff": "30s",
            },
        }
    ]
    return config


def _balancing() -> dict[str, Any]:
    """``vmauth``: one address for writing and reading, which passes over a server that is away."""

    def to(names: tuple[str, ...], port: int) -> list[str]:
        return [f"http://{name}:{port}" for name in names]

    return {
        "users": [
            {
                "username": "metrics",
                "password": "%{VMAUTH_PASSWORD}",
                "url_map": [
                    {"src_paths": ["/insert/.+"], "url_prefix": to(INSERTS, 8480)},
                    {"src_paths": ["/select/.+"], "url_prefix": to(SELECTS, 8481)},
                ],
            }
        ]
    }
