"""Files that pages take for granted, and the history of a canary beside its baseline."""

from __future__ import annotations

import json
import shutil
import time
from typing import TYPE_CHECKING

import numpy as np

from canaries import BOUNDS
from codesentinel.model.series import Series
from documented import fences

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86400.0
KAYENTA = {
    "name": "shop",
    "judge": {"name": "NetflixACAJudge-v1.0", "judgeConfigurations": {}},
    "metrics": [
        {
            "name": "latency",
            "query": {
                "type": "prometheus",
                "serviceType": "prometheus",
                "metricName": "seconds",
                "labelBindings": ['job="shop"'],
            },
            "groups": ["all"],
            "analysisConfigurations": {"canary": {"direction": "increase"}},
            "scopeName": "default",
        }
    ],
    "classifier": {"groupWeights": {"all": 100}, "scoreThresholds": {"pass": 90, "marginal": 50}},
}


def write_tables(root: Path) -> None:
    """Tables of values, and old samples, recent enough to be kept."""
    chance, now = np.random.default_rng(5), time.time() // 3600 * 3600
    hours = now - 3600 * np.arange(60 * 24)[::-1]
    day = np.sin(2 * np.pi * hours / DAY)
    busy = (hours // DAY % 7 < 5) * (hours % DAY > 8 * 3600) * (hours % DAY < 18 * 3600)
    tables = {
        "nyc_taxi": 1000
        + 300 * day
        + chance.normal(0, 20, len(hours))
        - 900 * (np.arange(len(hours)) // 6 == 200),
        "sales": 500 + 100 * day + chance.normal(0, 10, len(hours)),
        "load": 100 + 200 * busy + chance.normal(0, 5, len(hours)),
        "disk": 1.2e12 + 1e10 * (hours - hours[0]) / DAY + chance.normal(0, 1e9, len(hours)),
    }
    for name, values in tables.items():
        rows = "".join(f"{int(at)},{value:.6g}\n" for at, value in zip(hours, values, strict=True))
        (root / f"{name}.csv").write_text(f"timestamp,value\n{rows}")
    counted = "".join(
        f'http_requests_total{{job="shop"}} {10 * n} {now - 60 * (100 - n):.3f}\n' for n in range(100)
    )
    (root / "old.om").write_text(f"# TYPE http_requests counter\n{counted}# EOF\n")
    begun = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(now - DAY))
    (root / "old.csv").write_text(f"Time;Host Name;Load;Comment\n{begun};web-1;0.5;\n")


def copy_configuration(root: Path) -> None:
    """Dashboards, rules, routing and jobs where pages look for a reader's own."""
    ours = root / "infrastructure"
    for target in ("grafana/dashboards", "my-dashboards"):
        shutil.copytree(ours / "grafana/dashboards", root / target)
    shutil.copytree(ours / "prometheus/rules", root / "prometheus/rules")
    (root / "prometheus/tests").mkdir()
    for name in ("targets.yml", "routes.yml"):
        shutil.copy(ours / "prometheus/tests" / name, root / "prometheus/tests")
    shutil.copy(ours / "alertmanager/alertmanager.yml", root)
    (root / "kayenta.json").write_text(json.dumps(KAYENTA))
    (root / "deploy.sh").write_text("#!/bin/sh\necho deployed\n")
    (root / "deploy.sh").chmod(0o755)
    (root / "job.py").write_text("print(sum(i * i for i in range(6_000_000)))\n")


def write_canary(root: Path, page: Path) -> None:
    """The ``canary.yaml`` that the page itself shows."""
    text = next(text for language, text in fences(page) if language == "yaml")
    (root / "canary.yaml").write_text(text)


def a_month() -> list[Series]:
    """Of the shop's traffic, of its host's load, and of a queue that grows."""
    times = time.time() // 300 * 300 - 300 * np.arange(30 * 288)[::-1]
    chance = np.random.default_rng(7)
    wave = 400 - 160 * np.cos(2 * np.pi * times / DAY) + chance.normal(0, 8, len(times))
    named = {
        "service:http_server_requests:rate": wave,
        "node_load1": wave / 400,
        "queue_length": 100 + 200 * np.linspace(0, 1, len(times)) + chance.normal(0, 2, len(times)),
    }
    labels = {"service": "shop", "environment": "demo", "instance": "a"}
    disk = {
        "instance": "demo:9100",
        "job": "node",
        "device": "/dev/vda1",
        "fstype": "ext4",
        "mountpoint": "/",
    }
    of_disk = {
        "node_filesystem_avail_bytes": 60e9
        - 1e9 * (times - times[0]) / DAY
        + chance.normal(0, 2e7, len(times)),
        "node_filesystem_size_bytes": np.full(len(times), 100e9),
        "node_filesystem_readonly": np.zeros(len(times)),
    }
    found = [Series({"__name__": name, **labels}, times, values) for name, values in named.items()]
    return found + [Series({"__name__": name, **disk}, times, values) for name, values in of_disk.items()]


def two_arms() -> list[Series]:
    """Two hours and a half of two versions of a service that are alike, as their counters count."""
    chance = np.random.default_rng(7)
    times = time.time() // 15 * 15 - 15 * np.arange(600)[::-1]
    found = []
    for version in ("1", "2"):
        labels = {"job": "web", "instance": f"web-{version}", "version": version}
        seconds = 0.06 * np.exp(0.6 * chance.standard_normal((len(times), 150)))
        count = "http_server_request_duration_seconds"
        status = {**labels, "http_response_status_code": "200"}
        for bound in (*BOUNDS, np.inf):
            name = {
                "__name__": f"{count}_bucket",
                **status,
                "le": "+Inf" if bound == np.inf else f"{bound:g}",
            }
            found.append(Series(name, times, np.cumsum((seconds <= bound).sum(axis=1)).astype(float)))
        failed = {**labels, "http_response_status_code": "500"}
        every = np.cumsum(np.full(len(times), 150.0))
        found += [
            Series({"__name__": f"{count}_count", **status}, times, every),
            Series({"__name__": f"{count}_count", **failed}, times, np.floor(every / 500)),
            Series({"__name__": "process_cpu_seconds_total", **labels}, times, every / 1000),
            Series({"__name__": "seconds", "job": "shop", "version": version}, times, seconds.mean(axis=1)),
        ]
    return found
