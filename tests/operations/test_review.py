"""The whole way from servers to findings: real ones, dead ones and lying ones."""

from __future__ import annotations

import json
import os
import subprocess
import time

import numpy as np
import pytest

from codesentinel.act.history import import_series
from codesentinel.capture.prometheus import PrometheusClient
from codesentinel.config.settings import Settings, Sources
from codesentinel.model.finding import Severity
from codesentinel.model.series import Series
from codesentinel.operations.capacity import Capacity, Judged
from codesentinel.operations.metrics import OwnMetrics
from codesentinel.operations.refill import refill
from codesentinel.operations.review import gather, review
from hostile import answering, http
from servers import eventually, free_port, get, serving
from stack_under_test import COMMAND

pytestmark = pytest.mark.stack
GB = 1e9
RULES = """
groups:
  - name: g
    rules:
      - {alert: AlwaysFiring, expr: "vector(1)", labels: {severity: P2, service: shop}, annotations: {summary: shop is slow}}
"""


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory):
    """A Prometheus that watches itself and something dead."""
    folder, port, dead = tmp_path_factory.mktemp("prometheus"), free_port(), free_port()
    (folder / "rules.yml").write_text(RULES)
    (folder / "prometheus.yml").write_text(
        f"""
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [{folder}/rules.yml]
scrape_configs:
  - {{job_name: self, static_configs: [{{targets: ["127.0.0.1:{port}"]}}]}}
  - {{job_name: dead, static_configs: [{{targets: ["127.0.0.1:{dead}"]}}]}}
"""
    )
    options = [
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    url = f"http://127.0.0.1:{port}"
    with serving("prometheus", options, f"{url}/-/ready"):
        eventually(lambda: b'"health":"down"' in get(f"{url}/api/v1/targets"))
        eventually(lambda: b'"health":"up"' in get(f"{url}/api/v1/targets"))
        eventually(lambda: b"firing" in get(f"{url}/api/v1/alerts"))
        yield url


@pytest.fixture
def history(tmp_path):
    """An empty VictoriaMetrics."""
    port = free_port()
    options = [
        f"-storageDataPath={tmp_path}/vm",
        f"-httpListenAddr=127.0.0.1:{port}",
        "-dedup.minScrapeInterval=1ms",
        "-search.latencyOffset=0s",
        "-loggerLevel=ERROR",
    ]
    url = f"http://127.0.0.1:{port}"
    with serving("victoria-metrics", options, f"{url}/health"):
        yield url


def at(context, prometheus, history=""):
    """The context with these servers set."""
    return context.but(
        settings=Settings(
            sources=Sources(prometheus_url=prometheus, history_url=history, timeout_seconds=5.0)
        )
    )


def filesystem(
    name, mountpoint, values, *, fstype="ext4", device="/dev/vda", step_seconds=30.0, ago_seconds=0.0
):
    labels = {
        "__name__": name,
        "instance": "host:9100",
        "device": device,
        "mountpoint": mountpoint,
        "fstype": fstype,
    }
    values = np.asarray(values, dtype=float)
    return Series(labels, time.time() - ago_seconds - step_seconds * np.arange(len(values))[::-1], values)


def disk(mountpoint, values, read_only=0, **more):
    size = np.full(len(values), 100 * GB)
    return [
        filesystem("node_filesystem_avail_bytes", mountpoint, values, **more),
        filesystem("node_filesystem_size_bytes", mountpoint, size, **more),
        filesystem("node_filesystem_readonly", mountpoint, np.full(len(values), read_only), **more),
    ]


def test_alerts_and_targets_become_findings_and_the_review_is_logged(context, prometheus):
    report = review(at(context, prometheus))
    found = {f.kind: f for f in report.findings}
    assert found["target.down"].severity is Severity.P1
    assert "connection refused" in found["target.down"].evidence["scrape_error"]
    assert found["target.up"].summary == "1 of 2 targets are up, scraped every 1 s"
    assert found["alert.AlwaysFiring"].severity is Severity.P2
    assert found["alert.AlwaysFiring"].summary == "shop is slow"
    assert report.exit_status == 1
    with open(context.memory.path("review")) as log:
        event = json.loads(log.readlines()[-1])
    assert event["activity"]["metadata"]["findings"] == {"P1": 1, "P2": 1, "info": 1}


def test_what_fills_up_is_found_in_the_long_history_and_what_does_not_is_quiet(context, prometheus, history):
    rng = np.random.default_rng(5)
    points, hours_left = 480, 20  # four hours, every 30 seconds
    ahead = hours_left * 3600 + 30.0 * np.arange(points)[::-1]
    full = 1e6 * ahead + 5e8 * rng.standard_normal(points)
    import_series(
        history,
        [
            *disk("/data", full, device="/dev/vdb"),
            *disk("/data/again", full, device="/dev/vdb"),
            *disk("/", 50 * GB + 1e8 * rng.standard_normal(points)),
            *disk("/cdrom", full, device="/dev/sr0", read_only=1),
            *disk("/run", full, device="tmpfs", fstype="tmpfs"),
            *disk("/unmounted", full, device="/dev/vdc", ago_seconds=3600),
        ],
        timeout_seconds=10,
    )
    get(f"{history}/internal/force_flush")
    report = gather(at(context, prometheus, history))
    (finding,) = [f for f in report.findings if f.kind == "capacity.disk"]
    assert finding.subject == "/data on host:9100"
    assert finding.severity is Severity.P2
    assert finding.action.startswith("du -xh --max-depth=2 /data ")
    until, truth = finding.evidence["exhausted_at"], time.time() + hours_left * 3600
    half = (until["latest"] - until["earliest"]).total_seconds() / 2
    assert (
        abs(until["estimate"].timestamp() - truth) < 2 * half
    )  # the 90% interval, doubled: a test is no lottery
    assert half < 3600
    assert finding.evidence["total"] == 100 * GB
    (fine,) = [f for f in report.findings if f.kind == "capacity.fine"]
    assert fine.evidence["resources"] == ["disk of / on host:9100"]
    (source,) = [s for s in report.sources if s.name == "capacity"]
    assert (source.judged, source.checked, source.reason) == (True, 2, "")


def test_a_history_of_weeks_is_judged_by_all_that_is_known_of_it(context, prometheus, history):
    """A saw of clean-ups: a line after the last one would have the disk full within two days."""
    hours = np.arange(20 * 24)
    since_clean_up = hours % 72 / 24
    rng = np.random.default_rng(4)
    saw = (70 + 8 * since_clean_up + 0.2 * rng.standard_normal(len(hours))) * GB
    growing = (60 + 1.8 * hours / 24 + 0.2 * rng.standard_normal(len(hours))) * GB
    import_series(
        history,
        [
            *disk("/saw", 100 * GB - saw, device="/dev/vdb", step_seconds=3600.0),
            *disk("/grows", 100 * GB - growing, device="/dev/vdc", step_seconds=3600.0),
            *disk("/new", 50 * GB + 1e7 * rng.standard_normal(480), device="/dev/vdd"),
        ],
        timeout_seconds=10,
    )
    get(f"{history}/internal/force_flush")
    report = gather(at(context, prometheus, history))
    (finding,) = [
        f for f in report.findings if f.kind.startswith("capacity.") and f.severity is not Severity.INFO
    ]
    assert (finding.subject, finding.severity) == ("/grows on host:9100", Severity.P2)
    until = finding.evidence["exhausted_at"]
    assert until["earliest"] < until["estimate"] < until["latest"]
    assert abs(until["estimate"].timestamp() - time.time() - 2.2 * 86400) < 86400
    (fine,) = [f for f in report.findings if f.kind == "capacity.fine"]
    assert "disk of /saw on host:9100" in fine.evidence["resources"]
    metrics = OwnMetrics(context)
    metrics.reviewed(report.findings)
    shown = metrics.exposition()[0].decode()
    assert 'codesentinel_capacity_exhaustion_timestamp_seconds{bound="latest",kind="disk"' in shown


def test_dates_of_weeks_are_kept_for_a_while_and_those_of_hours_are_not(context, prometheus, monkeypatch):
    asked = []
    lasting = iter([True, False, False])

    def judged(*_, now, **__):
        asked.append(now)
        return Judged([], ["disk of /"], {}, next(lasting))

    monkeypatch.setattr("codesentinel.operations.capacity.aside", judged)
    capacity = Capacity(at(context, prometheus))
    for now in (0.0, 599.0, 601.0, 602.0):
        _, source = capacity.findings(now=now, window_seconds=86400.0)
        assert source.checked == 1
    assert asked == [0.0, 601.0, 602.0]


def test_a_young_history_is_not_judged_and_says_why(context, prometheus, history):
    import_series(history, disk("/", [50 * GB] * 50, step_seconds=5.0), timeout_seconds=10)
    get(f"{history}/internal/force_flush")
    (source,) = [s for s in gather(at(context, prometheus, history)).sources if s.name == "capacity"]
    assert not source.judged
    assert source.reason.startswith("disk of / on host:9100: ")
    assert source.reason.endswith("4 minutes of steady history; 30 over 10 are needed")


def test_without_the_long_history_prometheus_is_asked_and_it_is_said(context, prometheus):
    dead = f"http://127.0.0.1:{free_port()}"
    (source,) = [s for s in gather(at(context, prometheus, dead)).sources if s.name == "capacity"]
    assert source.reason.startswith(f"read from Prometheus alone: {dead} cannot be reached")


def test_refilling_copies_what_is_missing_and_twice_is_once(context, prometheus, history):
    client = PrometheusClient(prometheus, timeout_seconds=5)
    eventually(lambda: len(client.samples('up{job="self"}', 60, at=time.time())[0]) > 3)
    now = time.time()

    def is_past():
        """Whether all that was scraped and evaluated before is stored: what came later is."""
        later = client.samples('{__name__=~"up|ALERTS"}', 30, at=time.time())
        return len(later) == 3 and all(one.times[-1] > now for one in later)

    eventually(is_past)
    first = refill(at(context, prometheus, history), until=now, window_seconds=30)
    assert first == refill(at(context, prometheus, history), until=now, window_seconds=30) > 100
    get(f"{history}/internal/force_flush")
    (held,) = client.samples('up{job="self"}', 30, at=now)
    (copied,) = PrometheusClient(history, timeout_seconds=5).samples('up{job="self"}', 30, at=now)
    assert copied.times.round(3).tolist() == held.times.round(3).tolist()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (http("500 Internal Server Error", b"boom", "text/plain"), "answered 500: boom"),
        (http("200 OK", b"nonsense \x1b[31m"), "not JSON"),
        (http("200 OK", b'{"status": "success", "data": 3}'), "JSON that is not Prometheus' API"),
        (b"", "broke off its answer"),
    ],
)
def test_a_prometheus_that_is_none_is_told_and_the_exit_status_is_3(tmp_path, answer, words):
    with answering(answer) as url:
        done = told(tmp_path, url)
    assert done.returncode == 3
    assert done.stdout.count(words) == 5
    assert done.stdout.endswith("nothing could be judged\n")
    assert "Traceback" not in done.stdout + done.stderr
    assert "\x1b" not in done.stdout


def test_a_prometheus_that_is_not_there_is_told_and_the_exit_status_is_3(tmp_path):
    done = told(tmp_path, f"http://127.0.0.1:{free_port()}")
    assert done.returncode == 3
    assert "cannot be reached" in done.stdout
    assert "the stack of this workspace does not run" in done.stdout


def test_the_report_is_written_as_markdown_where_it_is_wanted(tmp_path, prometheus):
    done = told(tmp_path, prometheus, "--output", "new/folder/report.md")
    assert done.returncode == 1
    assert (tmp_path / "new/folder/report.md").read_text().startswith("# Review\n")
    done = told(tmp_path, prometheus, "--output", "/proc/report.md")
    assert done.returncode == 2
    assert "/proc/report.md" in done.stderr
    assert "Traceback" not in done.stderr


def told(folder, url, *words):
    """Run the installed command against a server."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CODESENTINEL_")}
    environment |= {"CODESENTINEL_SOURCES_PROMETHEUS_URL": url, "CODESENTINEL_SOURCES_TIMEOUT_SECONDS": "5"}
    return subprocess.run(
        [COMMAND, "review", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
