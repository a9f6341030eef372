"""Two arms behind a real splitter, watched by a real Prometheus, in a workspace with a ``canary.yaml``."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from servers import free_port, serving
from traffic import Arm, Load, haproxy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

COMMAND = str(Path(sys.executable).with_name("codesentinel"))
_ENVOY = (
    "envoy_cluster_upstream_rq_time_bucket",
    'envoy_cluster_upstream_rq_xx{envoy_response_code_class="5"}',
    "envoy_cluster_upstream_rq_completed",
)
_ARMS = ("arm_seconds_bucket", "arm_failed_total", "arm_seconds_count")
"""Histogram of latencies, errors, requests: as Envoy counts them, and as the arms do themselves."""


def metrics(names: Sequence[str], *, relative: float, absolute: float) -> list[dict[str, Any]]:
    """What is judged, with these margins."""
    histogram, errors, requests = names
    margin = {"relative": relative, "absolute": absolute}
    return [
        {
            "name": "latency",
            "kind": "latency",
            "histogram": histogram,
            "margin": margin,
            "quantiles": [0.5, 0.9],
        },
        {"name": "errors", "kind": "errors", "errors": errors, "requests": requests, "margin": margin},
    ]


class World:
    """One workspace, its arms, and the commands typed in it."""

    def __init__(
        self, root: Path, baseline: Arm, canary: Arm, prometheus: str, document: dict[str, Any]
    ) -> None:
        self.root = root
        self.baseline = baseline
        self.canary = canary
        self.prometheus = prometheus
        self.document = document
        self.file = root / "canary.yaml"
        self.started: list[subprocess.Popen[str]] = []
        self.write()

    def write(self, **changes: Any) -> None:
        """Write the file, with other words in ``rollout``."""
        self.document["rollout"] |= changes
        self.file.write_text(yaml.safe_dump(self.document))

    @property
    def target(self) -> Path:
        """The folder with the state of the target."""
        return self.root / ".codesentinel/canary" / self.document["rollout"]["target"]

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start ``codesentinel canary run WORDS``."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CODESENTINEL_")}
        process = subprocess.Popen(
            [COMMAND, "canary", "run", "--url", self.prometheus, *words],
            cwd=self.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def end(self) -> None:
        """End what was started, and the Envoy."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.communicate()
        if self.document["rollout"]["traffic"]["kind"] == "envoy":
            self.write()  # a test may have left a file with mistakes
            status, document, told = self.run("--stop")
            assert status == 0, (document, told)

    def margins(self, relative: float, absolute: float) -> None:
        """Judge by other margins."""
        for metric in self.document["metrics"]:
            metric["margin"] = {"relative": relative, "absolute": absolute}
        self.write()

    def run(self, *words: str, timeout: float = 120) -> tuple[int, dict[str, Any], str]:
        """Run it to its end: exit status, the JSON document, and what it told."""
        process = self.start("--yes", "--json", *words)
        try:
            out, told = process.communicate(timeout=timeout)
        finally:
            process.kill()
        return process.returncode, json.loads(out), told

    def events(self, domain: str = "canary") -> list[dict[str, Any]]:
        """The activities of a domain of the log."""
        file = self.root / "docs/domains" / domain / "history.jsonl"
        lines = file.read_text().splitlines() if file.exists() else []
        return [json.loads(line)["activity"] for line in lines]

    def actions(self, domain: str = "canary") -> list[str]:
        """What was done, in words."""
        return [event["action"] for event in self.events(domain)]


@contextlib.contextmanager
def prometheus(folder: Path, *targets: str, path: str = "/metrics") -> Iterator[str]:
    """A Prometheus that scrapes these every half second; its URL."""
    port = free_port()
    scrape = {
        "job_name": "arms",
        "scrape_interval": "500ms",
        "scrape_timeout": "500ms",
        "metrics_path": path,
        "static_configs": [{"targets": list(targets)}],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prometheus.yml").write_text(yaml.safe_dump({"scrape_configs": [scrape]}))
    arguments = [
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    ]
    with serving("prometheus", arguments, f"http://127.0.0.1:{port}/-/ready"):
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def world(
    folder: Path, *, splitter: str = "envoy", per_second: float = 100, **rollout: Any
) -> Iterator[tuple[World, Load]]:
    """Two equal arms behind a splitter; an Envoy is started by the rollout, and listens only then.

    With an Envoy its own metrics are judged, with HAProxy those of the arms.
    """
    root = folder / "workspace"
    (root / ".git").mkdir(parents=True)
    port, metrics_port = free_port(), free_port()
    with contextlib.ExitStack() as stack:
        baseline = stack.enter_context(Arm("baseline", delay_seconds=0.04))
        canary = stack.enter_context(Arm("canary", delay_seconds=0.04))
        if splitter == "envoy":
            scraped, path, names, label = [metrics_port], "/stats/prometheus", _ENVOY, "envoy_cluster_name"
            traffic = {
                "kind": "envoy",
                "listen": f"127.0.0.1:{port}",
                "metrics": f"127.0.0.1:{metrics_port}",
                "baseline": f"127.0.0.1:{baseline.port}",
                "canary": f"127.0.0.1:{canary.port}",
            }
        else:
            running = stack.enter_context(haproxy(folder, baseline.port, canary.port))
            port = running.port
            scraped, path, names, label = [baseline.port, canary.port], "/metrics", _ARMS, "arm"
            traffic = {
                "kind": "haproxy",
                "socket": running.socket,
                "backend": "app",
                "baseline": "stable",
                "canary": "fresh",
            }
        url = stack.enter_context(
            prometheus(folder / "prometheus", *(f"127.0.0.1:{one}" for one in scraped), path=path)
        )
        document = {
            "block": "1s",
            "minimum_requests": 20,
            "metrics": metrics(names, relative=0.25, absolute=0.01),
            "rollout": {
                "target": "shop",
                "service": "shop",
                "environment": "test",
                "revision": "v2",
                "baseline": f'{{{label}="baseline"}}',
                "canary": f'{{{label}="canary"}}',
                "traffic": traffic,
                "steps": [{"percent": 10, "min": "1s"}, {"percent": 50}],
                "tick": "1s",
                "hold_at_most": "60s",
                **rollout,
            },
        }
        here = World(root, baseline, canary, url, document)
        try:
            yield here, Load(port, per_second=per_second)
        finally:
            here.end()
