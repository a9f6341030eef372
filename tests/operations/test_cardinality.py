"""Labels that explode in a real Prometheus and a real VictoriaMetrics are named; what is bounded is not."""

from __future__ import annotations

import http.server
import threading
import time
import uuid

import pytest

from codesentinel.act.history import HistoryWriter
from codesentinel.capture.prometheus import PrometheusClient
from codesentinel.model.cardinality import Limits
from codesentinel.model.errors import BadAnswer, Unreachable
from codesentinel.model.samples import Samples
from codesentinel.operations.cardinality import cardinality, cardinality_source
from hostile import answering, success
from hostile import http as raw
from servers import eventually, free_port, serving
from stack_under_test import Stack
from storage import victoria_metrics

LIMITS = Limits(label_values=100, metric_series=250, churn_ratio=2.0, churn_series=300)


class Exporter:
    """Exposes 300 users by their UUID, which are others whenever ``generation`` is counted up, and a histogram."""

    def __init__(self):
        self.generation = 0
        exporter = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = exporter.text().encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def text(self):
        users = (uuid.uuid5(uuid.NAMESPACE_URL, f"{self.generation}/{n}") for n in range(300))
        lines = [f'logins_total{{user="{user}"}} 1' for user in users]
        lines += [f'busy_bucket{{route="r{n % 60}",method="m{n // 60}"}} 1' for n in range(300)]
        return "\n".join(lines) + "\n"

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory):
    """A Prometheus that scrapes it every second; yields URL and exporter."""
    folder, port, exporter = tmp_path_factory.mktemp("prometheus"), free_port(), Exporter()
    (folder / "prometheus.yml").write_text(
        "scrape_configs:\n  - job_name: app\n    scrape_interval: 1s\n    static_configs:\n"
        f"      - targets: ['{exporter.address}']\n"
    )
    options = [
        f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    with serving("prometheus", options, f"{url}/-/ready"):
        ask = PrometheusClient(url, timeout_seconds=5).instant
        # the first answer on its series is kept for half a minute: there have to be some
        eventually(lambda: ask('count({__name__!=""}) > 600'), within=40)
        yield url, exporter
    exporter.close()


def test_the_label_its_metric_its_pattern_and_the_churn_are_named(context, prometheus):
    url, exporter = prometheus
    calm = LIMITS._replace(churn_series=1_000_000)
    found = {one.id: one for one in cardinality(context, url=url, limits=calm).findings}
    assert set(found) == {"cardinality.label:user", "cardinality.metric:busy_bucket"}
    label = found["cardinality.label:user"]
    assert label.evidence["metric"] == "logins_total"
    assert label.evidence["values_in_metric"] == 300
    assert label.evidence["pattern"] == "UUIDs"

    def made():
        return cardinality(context, url=url, limits=LIMITS).churn[0].made_last_hour

    for generation in (1, 2, 3):  # series that are new are 300 each time; at the first look all 600 were
        exporter.generation = generation
        eventually(lambda expected=600 + 300 * generation: made() >= expected, within=40)

    def churning():  # a scrape that failed shows no series for a moment
        answer = cardinality(context, url=url, limits=LIMITS)
        return answer.churn[0].active == 600 and answer

    answer = eventually(churning, within=40)
    assert answer.churn[0].job == "app"
    assert "cardinality.churn:app" in {one.id for one in answer.findings}
    assert answer.exit_status == 1


def test_a_review_asks_once_and_finds_what_is_beyond_the_usual_limits(context, prometheus):
    found, source = cardinality_source(context, prometheus[0])
    assert (found, source.judged) == ([], True)
    assert source.checked > 10


def test_the_command_shows_findings_tables_and_what_to_paste(prometheus, tmp_path):
    stack = Stack(tmp_path / "workspace")
    words = ["metrics", "cardinality", "--url", prometheus[0], "--churn-series", "100000"]
    done = stack.run(*words)
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing beyond its limit" in done.stdout
    done = stack.run(*words, "--label-values", "100")
    assert done.returncode == 1
    assert done.stdout.startswith("P2   The label user has ")
    assert "they look like UUIDs\n     do: leave it out of the metric" in done.stdout
    assert (
        "       - source_labels: [__name__]\n         regex: logins_total\n         action: drop"
        in done.stdout
    )
    assert "JOB  SERIES  NEW IN 1H  NEW IN 1D" in done.stdout
    document = stack.data(*words, "--metric-series", "200")
    assert {one["kind"] for one in document["findings"]} == {"cardinality.metric"}
    assert document["limits"]["metric_series"] == 200
    assert document["labels"][0]["name"] == "user"


def test_victoria_metrics_tells_the_same(context, tmp_path):
    with victoria_metrics(tmp_path) as storage:
        with HistoryWriter(storage.url, timeout_seconds=30) as writer:
            now = round(time.time() * 1000)
            for n in range(300):
                writer.write(Samples({"__name__": "logins_total", "user": f"/u/{n}"}, [now], [1.0]))
        storage.holds("logins_total", 300)

        def patterns():  # a query of what is new is answered after some seconds
            found = cardinality(context, url=storage.url, limits=LIMITS).findings
            return [(one.subject, one.evidence["pattern"]) for one in found if "pattern" in one.evidence]

        assert eventually(patterns, within=40) == [("user", "paths with identifiers in them")]


def test_a_server_that_is_away_or_is_something_else_is_told(context):
    with pytest.raises(Unreachable):
        cardinality(context, url=f"http://127.0.0.1:{free_port()}")
    for answer in (raw("404 Not Found", b"not here"), success([1]), success({"headStats": {}})):
        with answering(answer) as url, pytest.raises(BadAnswer):
            cardinality(context, url=url)
