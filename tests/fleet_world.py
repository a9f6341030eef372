"""Two scrapers and two Prometheus of one service that fails, with the files of the tiers at a quicker pace.

What is started is what ``infrastructure/victoriametrics`` says, but for addresses, and a scrape each second.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import re
import threading
import time
import urllib.parse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from codesentinel.mixin.rules import rule_files
from codesentinel.mixin.timing import local
from servers import free_port, get, program, running
from storage import Storage, victoria_metrics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.act.components import Program

TIER = Path(__file__).parents[1] / "infrastructure" / "victoriametrics"
THINNED_SECONDS = 5
PER_SECOND = {"200": 30.0, "500": 20.0}
_STARTED_WITH = 1000.0


class World(NamedTuple):
    """Where its servers answer."""

    scraped: Storage
    """Takes what two vmagents send, and what vmalert records."""
    years: Storage
    """Takes the same, and keeps one sample of each series in five seconds."""
    written: Storage
    """Takes what two Prometheus send."""
    prometheus: tuple[str, str]
    told: dict[str, str]
    """The Alertmanager of ``vmalert``, and that of the two Prometheus."""

    def alerts(self, who: str) -> dict[tuple[tuple[str, str], ...], dict[str, str]]:
        """The firing alerts by their labels, with their annotations."""
        found = json.loads(get(f"{self.told[who]}/api/v2/alerts"))
        return {tuple(sorted(one["labels"].items())): one["annotations"] for one in found}

    def recorded(self, url: str, name: str, at: float) -> dict[str, float]:
        """A recorded metric at a moment, by service."""
        query = urllib.parse.urlencode({"query": name, "time": at, "nocache": 1})
        rows = json.loads(get(f"{url}/api/v1/query?{query}"))["data"]["result"]
        return {row["metric"]["service"]: float(row["value"][1]) for row in rows}


@contextlib.contextmanager
def fleet(folder: Path) -> Iterator[World]:
    """All of it, until the block ends."""
    flags = ("-dedup.minScrapeInterval=1s",)
    with contextlib.ExitStack() as stack:
        scraped = stack.enter_context(victoria_metrics(folder / "scraped", *flags))
        years = stack.enter_context(
            victoria_metrics(folder / "years", f"-dedup.minScrapeInterval={THINNED_SECONDS}s")
        )
        written = stack.enter_context(victoria_metrics(folder / "written", *flags))
        targets = folder / "targets"
        targets.mkdir()
        target = {"labels": {"job": "shop"}, "targets": [stack.enter_context(_failing())]}
        (targets / "hosts.yml").write_text(yaml.safe_dump([target]))
        rules = folder / "rules"
        rules.mkdir()
        for name, text in rule_files(local(1), team="platform", runbook_base_url="docs/runbooks").items():
            (rules / name).write_text(text)
        told = {who: stack.enter_context(_alertmanager(folder / who)) for who in ("vmalert", "prometheus")}
        for name in ("vmagent-1", "vmagent-2"):
            stack.enter_context(_agent(folder, name, scraped.url, years.url))
        stack.enter_context(_alert(folder, scraped.url, told["vmalert"]))
        pair = tuple(
            stack.enter_context(_prometheus(folder, replica, written.url, told["prometheus"]))
            for replica in ("a", "b")
        )
        yield World(scraped, years, written, (pair[0], pair[1]), told)


@contextlib.contextmanager
def _failing() -> Iterator[str]:
    """A service of which two in five requests fail, at the same rate whoever looks how often."""
    began = time.time()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            since = time.time() - began
            lines = [
                f'http_server_request_duration_seconds_count{{service="shop",environment="demo",'
                f'http_route="/",http_response_status_code="{status}"}} {_STARTED_WITH + rate * since}'
                for status, rate in PER_SECOND.items()
            ]
            body = ("\n".join(lines) + "\n").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _service(name: str) -> list[str]:
    words: list[str] = yaml.safe_load((TIER / "compose.yaml").read_text())["services"][name]["command"]
    return words


def _beside(name: str) -> Program:
    """A program of VictoriaMetrics' package."""
    storage = program("victoria-metrics")
    return replace(storage, path=storage.path.with_name(name))


def _quick(folder: Path, name: str) -> dict[str, Any]:
    """A configuration of scrapers, at a scrape each second and without the tier's own servers."""
    config: dict[str, Any] = yaml.safe_load((TIER / name).read_text())
    config["global"] |= {"scrape_interval": "1s", "scrape_timeout": "800ms"}
    config["scrape_configs"] = config["scrape_configs"][:1]
    config["scrape_configs"][0]["file_sd_configs"] = [{"files": [f"{folder / 'targets'}/*.yml"]}]
    return config


@contextlib.contextmanager
def _agent(folder: Path, name: str, cluster: str, years: str) -> Iterator[None]:
    port = free_port()
    config = folder / f"{name}.yml"
    config.write_text(yaml.safe_dump(_quick(folder, "vmagent.yml")))
    words = [
        re.sub(r"http://vmauth:8427/insert/0/prometheus", cluster, word)
        .replace("http://victoria-metrics-years:8428", years)
        .replace("/etc/vmagent/vmagent.yml", str(config))
        .replace("=/queue", f"={folder / name}")
        for word in _service(name)
        if "basicAuth" not in word  # the storages here ask for no password
    ]
    words += [f"-httpListenAddr=127.0.0.1:{port}", "-remoteWrite.flushInterval=200ms"]
    with running(_beside("vmagent"), words, f"http://127.0.0.1:{port}/health"):
        yield


@contextlib.contextmanager
def _alert(folder: Path, storage: str, alertmanager: str) -> Iterator[None]:
    port = free_port()
    known = folder / "rules-of-vmalert"
    known.mkdir()
    for file in (folder / "rules").iterdir():  # Debian's version is older than `keep_firing_for`
        lines = [line for line in file.read_text().splitlines(keepends=True) if "keep_firing_for" not in line]
        (known / file.name).write_text("".join(lines))
    words = [
        re.sub(r"http://(vmauth:8427/select/0/prometheus|vmagent-\d:8429)", storage, word)
        .replace("=/etc/rules/", f"={known}/")
        .replace("evaluationInterval=15s", "evaluationInterval=1s")
        for word in _service("vmalert-1")
        if "basicAuth" not in word and "-notifier" not in word
    ]
    words += [
        f"-httpListenAddr=127.0.0.1:{port}",
        f"-notifier.url={alertmanager}",
        "-remoteWrite.flushInterval=200ms",
    ]
    with running(_beside("vmalert"), words, f"http://127.0.0.1:{port}/health"):
        yield


@contextlib.contextmanager
def _prometheus(folder: Path, replica: str, storage: str, alertmanager: str) -> Iterator[str]:
    port = free_port()
    config = _quick(folder, "prometheus.yml")
    config["global"] |= {"evaluation_interval": "1s"}
    config["rule_files"] = [f"{folder / 'rules'}/*.yml"]
    config["alerting"] = {
        "alert_relabel_configs": [{"action": "labeldrop", "regex": "replica"}],
        "alertmanagers": [{"static_configs": [{"targets": [alertmanager.removeprefix("http://")]}]}],
    }
    (target,) = config["remote_write"]
    del target["basic_auth"]
    target["url"] = f"{storage}/api/v1/write"
    target["queue_config"] |= {"batch_send_deadline": "200ms"}
    file = folder / f"prometheus-{replica}.yml"
    file.write_text(yaml.safe_dump(config))
    url = f"http://127.0.0.1:{port}"
    words = [
        f"--config.file={file}",
        f"--storage.tsdb.path={folder / f'prometheus-{replica}'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--enable-feature=expand-external-labels",
        "--storage.remote.flush-deadline=1s",
        "--rules.alert.resend-delay=1s",
    ]
    with running(program("prometheus"), words, f"{url}/-/ready", REPLICA=replica):
        yield url


@contextlib.contextmanager
def _alertmanager(folder: Path) -> Iterator[str]:
    folder.mkdir()
    url = f"http://127.0.0.1:{free_port()}"
    config = folder / "alertmanager.yml"
    config.write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
    words = [
        f"--config.file={config}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address={url.removeprefix('http://')}",
        "--cluster.listen-address=",
    ]
    with running(program("alertmanager"), words, f"{url}/-/ready"):
        yield url
