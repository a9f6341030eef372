"""From a fault to the call that tells somebody, through real servers."""

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from codesentinel.instrument.http_metrics import HttpMetrics
from codesentinel.mixin.alertmanager import Receivers, alertmanager_config
from codesentinel.mixin.prometheus import ScrapeTarget, prometheus_config
from codesentinel.mixin.rules import rule_files
from codesentinel.mixin.timing import local
from servers import eventually, free_port, get, serving
from webhooks import capturing

pytestmark = [pytest.mark.stack, pytest.mark.slow]

SCRAPE_SECONDS = 3.0
REQUESTS_PER_SECOND = 20
WITHIN_SECONDS = 30


class Service:
    """A service under steady load whose requests can be made to fail or to drag."""

    def __init__(self, name):
        self.status = 200
        self.duration_seconds = 0.02
        self._registry = CollectorRegistry()
        self._metrics = HttpMetrics(name, environment="demo", registry=self._registry)
        self._since = time.monotonic()

    def exposition(self):
        """Its metrics, after the requests that came since the last scrape."""
        count, self._since = int((time.monotonic() - self._since) * REQUESTS_PER_SECOND), time.monotonic()
        for _ in range(count):
            self._metrics.finish("/", "GET", self.status, self.duration_seconds)
        return generate_latest(self._registry)


@contextlib.contextmanager
def exporting(service):
    """The service's address while it is up."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            text = service.exposition()
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _value(base_url, query):
    """The first value of an instant query, or None."""
    found = json.loads(get(f"{base_url}/api/v1/query?query={quote(query)}"))["data"]["result"]
    return float(found[0]["value"][1]) if found else None


def _history_lags(base_url, *, scrapes):
    """How long after each of the next scrapes its sample could be read, in seconds."""
    lags, known = [], None
    end = time.monotonic() + (scrapes + 2) * SCRAPE_SECONDS
    while len(lags) < scrapes and time.monotonic() < end:
        newest = _value(base_url, 'timestamp(up{job="slow"})')
        if newest != known and known is not None:
            lags.append(round(time.time() - newest, 2))
        known = newest
        time.sleep(0.05)
    assert len(lags) == scrapes
    return lags


def is_watchdog(post):
    """Whether it says only that alerts get through."""
    alerts = post.body.get("alerts", [])
    return bool(alerts) and {alert["labels"]["alertname"] for alert in alerts} == {"Watchdog"}


@pytest.fixture
def servers(tmp_path):
    """Prometheus' and VictoriaMetrics' URLs, what was sent, three services, and what ends the third."""
    timing = local(SCRAPE_SECONDS)
    failing, slow, mortal = Service("failing"), Service("slow"), Service("mortal")
    urls = {name: f"http://127.0.0.1:{free_port()}" for name in ("prometheus", "alertmanager", "history")}
    address = {name: url.removeprefix("http://") for name, url in urls.items()}
    with contextlib.ExitStack() as stack:
        capture = stack.enter_context(capturing())
        addresses = [stack.enter_context(exporting(service)) for service in (failing, slow)]
        mortality = stack.enter_context(contextlib.ExitStack())
        addresses.append(mortality.enter_context(exporting(mortal)))
        for name, text in rule_files(timing, team="platform", runbook_base_url="docs/runbooks").items():
            (tmp_path / name).write_text(text)
        (tmp_path / "key").write_text("key")
        (tmp_path / "hook").write_text(f"{capture.url}/slack")
        (tmp_path / "prometheus.config").write_text(
            prometheus_config(
                [ScrapeTarget(n, a) for n, a in zip(("failing", "slow", "mortal"), addresses, strict=True)],
                timing,
                scrape_interval_seconds=SCRAPE_SECONDS,
                rule_files=[f"{tmp_path}/*.yml"],
                alertmanager_address=address["alertmanager"],
                remote_write_url=f"{urls['history']}/api/v1/write",
            )
        )
        (tmp_path / "alertmanager.config").write_text(
            alertmanager_config(
                Receivers(
                    f"{capture.url}/alerts",
                    str(tmp_path / "key"),
                    f"{capture.url}/v2/enqueue",
                    str(tmp_path / "hook"),
                ),
                timing,
            )
        )
        stack.enter_context(
            serving(
                "victoria-metrics",
                [
                    f"-httpListenAddr={address['history']}",
                    f"-storageDataPath={tmp_path / 'vm'}",
                    "-search.latencyOffset=0s",
                ],
                f"{urls['history']}/health",
            )
        )
        stack.enter_context(
            serving(
                "alertmanager",
                [
                    f"--config.file={tmp_path / 'alertmanager.config'}",
                    f"--storage.path={tmp_path / 'am'}",
                    f"--web.listen-address={address['alertmanager']}",
                    "--cluster.listen-address=",
                ],
                f"{urls['alertmanager']}/-/ready",
            )
        )
        stack.enter_context(
            serving(
                "prometheus",
                [
                    f"--config.file={tmp_path / 'prometheus.config'}",
                    f"--storage.tsdb.path={tmp_path / 'tsdb'}",
                    f"--web.listen-address={address['prometheus']}",
                ],
                f"{urls['prometheus']}/-/ready",
            )
        )
        yield urls, capture, failing, slow, mortality


def test_a_fault_is_delivered_within_thirty_seconds_and_samples_reach_history_within_two(
    servers, record_property
):
    urls, capture, failing, slow, mortality = servers
    ratio = "service:http_server_errors_per_request:ratio_rate"
    for service in ("failing", "slow", "mortal"):
        query = f'{ratio}{{service="{service}"}} == bool 0'
        eventually(lambda q=query: _value(urls["prometheus"], q) == 1, within=30)

    lags_seconds = _history_lags(urls["history"], scrapes=3)
    assert max(lags_seconds) < 2
    assert [post.path for post in capture.posted if not is_watchdog(post)] == []

    began = time.time()
    failing.status = 500
    slow.duration_seconds = 0.6
    mortality.close()

    def delivered():
        pages = {page.body["payload"]["summary"].split(":")[0]: page.at for page in capture.on("/v2/enqueue")}
        messages = {
            m.body["attachments"][0]["fields"][0]["value"]: m.at
            for m in capture.on("/slack")
            if m.body["attachments"][0]["title"].startswith("[FIRING] P2")
        }
        found = pages | {f"slack {service}": at for service, at in messages.items()}
        wanted = {"ServiceErrorRateHigh (failing)", "TargetDown (mortal)", "slack slow"}
        return found if set(found) >= wanted else None

    found = eventually(delivered, within=WITHIN_SECONDS)
    seconds = {what: round(at - began, 1) for what, at in found.items()}
    record_property("seconds_from_fault_to_delivery", seconds)
    print("seconds from fault to delivery", seconds, "from scrape to history", lags_seconds)
    assert set(seconds) == {"ServiceErrorRateHigh (failing)", "TargetDown (mortal)", "slack slow"}
    assert max(seconds.values()) < WITHIN_SECONDS
    assert {
        alert["labels"]["alertname"] for post in capture.on("/alerts") for alert in post.body["alerts"]
    } >= {
        "ServiceErrorRateHigh",
        "ServiceLatencyHigh",
        "TargetDown",
    }
