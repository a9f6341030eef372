"""Thanos: a Prometheus pair with sidecars, receivers for remote_write, one bucket, and one view of it all.

The two of a pair keep all they scrape, each under its ``replica``; the querier merges them. The compactor
downsamples to five minutes and to an hour, and keeps each for as long as it is told.
"""

from __future__ import annotations

import json
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
from codesentinel.mixin.tiers.scraping import REPLICA, SCRAPE_SECONDS, paired
from codesentinel.mixin.yaml_text import yaml_text
from codesentinel.model.duration import prometheus_duration

if TYPE_CHECKING:
    from collections.abc import Mapping

IMAGE = "thanosio/thanos:v0.39.2"
PAIR = ("a", "b")
RECEIVERS = ("receive-1", "receive-2", "receive-3")
"""Three, of which each sample is asked to reach two: one may be away."""
RULERS = ("rule-1", "rule-2")
REPLICA_LABELS = (REPLICA, "receive_replica", "rule_replica")

_BUCKET = "--objstore.config-file=/etc/thanos/bucket.yml"
_BUCKET_MOUNT = "./bucket.yml:/etc/thanos/bucket.yml:ro"
_GRPC, _HTTP = 10901, 10902


def files(*, cluster: str, raw: str, five_minutes: str, hour: str, command: str) -> Mapping[str, str]:
    """File name to text, for ``infrastructure/thanos``.

    Args:
        cluster: the external label of this fleet.
        raw: how long samples are kept as they were scraped, such as ``30d``.
        five_minutes: how long those of five minutes are kept.
        hour: how long those of an hour are kept.
        command: what generates the files.
    """
    own = {
        "prometheus": [f"prometheus-{one}:9090" for one in PAIR],
        "thanos": [f"{name}:{_HTTP}" for name in (*_sidecars(), *RECEIVERS, *RULERS, *_SINGLE)],
        "alertmanager": list(ALERTMANAGER_ADDRESSES),
    }
    hashring = [{"hashring": "fleet", "endpoints": [f"{name}:{_GRPC}" for name in RECEIVERS]}]
    bucket = {"type": "S3", "config": {"bucket": "metrics", "endpoint": "bucket.example:443"}}
    return {
        "compose.yaml": tier(
            "codesentinel-thanos", _services(cluster, (raw, five_minutes, hour)), command=command
        ),
        "prometheus.yml": yaml_text(paired(own, cluster=cluster, alertmanagers=()), command=command),
        "hashrings.json": json.dumps(hashring, indent=2) + "\n",
        "bucket.yml": yaml_text(bucket, command=command),
    }


_SINGLE = ("store", "compact", "query")


def _sidecars() -> tuple[str, ...]:
    return tuple(f"sidecar-{one}" for one in PAIR)


def _services(cluster: str, kept: tuple[str, str, str]) -> dict[str, dict[str, Any]]:
    raw, five_minutes, hour = kept
    return {
        **{f"prometheus-{one}": _prometheus(one) for one in PAIR},
        **{f"sidecar-{one}": _sidecar(one) for one in PAIR},
        **{name: _receiver(name, cluster) for name in RECEIVERS},
        "store": container(
            IMAGE,
            ["store", "--data-dir=/data", "--index-cache-size=1GB", _BUCKET],
            "store:/data",
            _BUCKET_MOUNT,
        ),
        "compact": container(
            IMAGE,
            [
                "compact",
                "--wait",
                "--data-dir=/data",
                f"--retention.resolution-raw={raw}",
                f"--retention.resolution-5m={five_minutes}",
                f"--retention.resolution-1h={hour}",
                _BUCKET,
            ],
            "compact:/data",
            _BUCKET_MOUNT,
        ),
        "query": _query(),
        **{name: _ruler(name, cluster) for name in RULERS},
        **alertmanagers(),
    }


def _prometheus(one: str) -> dict[str, Any]:
    """Blocks of two hours, which the sidecar takes away: the compactor is the only one who joins them."""
    return container(
        IMAGES["prometheus"],
        [
            "--config.file=/etc/prometheus/prometheus.yml",
            "--storage.tsdb.path=/prometheus",
            "--storage.tsdb.retention.time=2d",
            "--storage.tsdb.min-block-duration=2h",
            "--storage.tsdb.max-block-duration=2h",
            "--enable-feature=expand-external-labels",
        ],
        f"prometheus-{one}:/prometheus",
        "./prometheus.yml:/etc/prometheus/prometheus.yml:ro",
        TARGETS_MOUNT,
        environment={"REPLICA": one},
    )


def _sidecar(one: str) -> dict[str, Any]:
    return container(
        IMAGE,
        ["sidecar", "--tsdb.path=/prometheus", f"--prometheus.url=http://prometheus-{one}:9090", _BUCKET],
        f"prometheus-{one}:/prometheus",
        _BUCKET_MOUNT,
    )


def _receiver(name: str, cluster: str) -> dict[str, Any]:
    """For hosts that nobody can scrape: they write, and each sample goes to all receivers of its series."""
    return container(
        IMAGE,
        [
            "receive",
            "--tsdb.path=/data",
            "--tsdb.retention=2d",
            "--receive.hashrings-file=/etc/thanos/hashrings.json",
            f"--receive.local-endpoint={name}:{_GRPC}",
            f"--receive.replication-factor={len(RECEIVERS)}",
            f'--label=cluster="{cluster}"',
            f'--label=receive_replica="{name}"',
            _BUCKET,
        ],
        f"{name}:/data",
        "./hashrings.json:/etc/thanos/hashrings.json:ro",
        _BUCKET_MOUNT,
    )


def _query() -> dict[str, Any]:
    endpoints = (*_sidecars(), *RECEIVERS, "store", *RULERS)
    return container(
        IMAGE,
        [
            "query",
            *(f"--query.replica-label={label}" for label in REPLICA_LABELS),
            "--query.auto-downsampling",
            *(f"--endpoint={name}:{_GRPC}" for name in endpoints),
        ],
        ports=[f"127.0.0.1:{_HTTP}:{_HTTP}"],
    )


def _ruler(name: str, cluster: str) -> dict[str, Any]:
    """The same rules as everywhere, over all that the querier sees; neither replica's name is in an alert."""
    return container(
        IMAGE,
        [
            "rule",
            "--data-dir=/data",
            f"--rule-file={RULES_PATH}/*.yml",
            f"--eval-interval={prometheus_duration(SCRAPE_SECONDS)}",
            f"--query=http://query:{_HTTP}",
            f'--label=cluster="{cluster}"',
            f'--label=rule_replica="{name}"',
            "--alert.label-drop=rule_replica",
            *(f"--alertmanagers.url=http://{address}" for address in ALERTMANAGER_ADDRESSES),
            _BUCKET,
        ],
        f"{name}:/data",
        RULES_MOUNT,
        _BUCKET_MOUNT,
    )
