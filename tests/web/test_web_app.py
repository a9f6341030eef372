"""Our metrics and the local receiver, over real HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime

import pytest
from starlette.responses import PlainTextResponse

from asgi import python_server, request
from codesentinel.model.errors import NoData
from codesentinel.model.finding import Finding, Severity
from codesentinel.model.report import Source
from codesentinel.model.timestamp import utc
from codesentinel.operations import notifications
from codesentinel.web.app import create_app
from codesentinel.web.guard import LoopbackGuard
from servers import eventually, free_port, get, tool
from stack_under_test import COMMAND

TOKEN = "a-token-of-the-test-0123456789"
WEBHOOK = {
    "version": "4",
    "receiver": "log",
    "status": "firing",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "A", "severity": "P2"},
            "annotations": {"summary": "hostile \x1b[31m\n[OK]"},
            "startsAt": "2026-01-01T00:00:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "fingerprint": "f1",
        },
        {"status": "resolved", "labels": {"alertname": "B"}, "startsAt": "x", "endsAt": "y"},
    ],
}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    root = tmp_path_factory.mktemp("web")
    (root / ".git").mkdir()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CODESENTINEL_")}
    environment["CODESENTINEL_SOURCES_PROMETHEUS_URL"] = f"http://127.0.0.1:{free_port()}"
    with python_server("-m", "codesentinel", "metrics", "serve", cwd=root, env=environment) as (process, url):
        yield root, process, url


def post(url, body, content_type="application/json", **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    ask = urllib.request.Request(
        url + "/alerts", data=data, headers={"Content-Type": content_type, **headers}
    )
    try:
        with urllib.request.urlopen(ask, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as exc:
        with exc:
            return exc.code, exc.read().decode()


def events(root, domain):
    file = root / "docs/domains" / domain / "history.jsonl"
    return [json.loads(line)["activity"] for line in file.read_text().splitlines()] if file.exists() else []


def test_a_notification_becomes_an_event_for_each_alert(served):
    root, _, url = served
    assert post(url, WEBHOOK) == (200, "logged 2\n")
    firing, resolved = [e for e in events(root, "alerts") if e["action"].startswith("alert-")][-2:]
    assert firing["action"] == "alert-firing"
    assert firing["metadata"]["labels"] == {"alertname": "A", "severity": "P2"}
    assert firing["metadata"]["fingerprint"] == "f1"
    assert resolved["action"] == "alert-resolved"
    assert b"\x1b" not in (root / "docs/domains/alerts/history.jsonl").read_bytes()


def test_the_watchdog_is_noted_and_fills_no_log(served):
    root, _, url = served
    before = len(events(root, "alerts"))
    watchdog = {"status": "firing", "labels": {"alertname": "Watchdog", "severity": "info"}}
    began = time.time() - 0.001
    assert post(url, {"receiver": "local", "alerts": [watchdog]}) == (200, "logged 0\n")
    noted = datetime.fromisoformat((root / ".codesentinel/stack/watchdog").read_text().strip())
    assert began <= noted.timestamp() <= time.time()
    assert len(events(root, "alerts")) == before
    assert post(url, {"receiver": "local", "alerts": [{**watchdog, "status": "resolved"}]}) == (
        200,
        "logged 1\n",
    )


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"nonsense", 400, "not a JSON object"),
        (b"[]", 400, "not a JSON object"),
        ({}, 400, "not an Alertmanager webhook"),
        ({"receiver": "x", "alerts": [{"status": "odd", "labels": {}}]}, 400, "not an Alertmanager webhook"),
        ({"receiver": "x", "alerts": 3}, 400, "not an Alertmanager webhook"),
        (b"x" * (1024 * 1024 + 1), 413, "more than 1048576 bytes"),
    ],
)
def test_what_is_no_notification_is_refused_in_one_line(served, body, status, words):
    root, _, url = served
    before = len([e for e in events(root, "alerts") if e["action"].startswith("alert-")])
    answered, text = post(url, body)
    assert answered == status
    assert words in text
    assert text.count("\n") == 1
    assert len([e for e in events(root, "alerts") if e["action"].startswith("alert-")]) == before


def test_only_json_is_taken(served):
    assert post(served[2], WEBHOOK, content_type="text/plain")[0] == 415


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "evil.example:80"},
        {"host": ""},
        {"host": "127.0.0.1.evil.example"},
        {"host": "127.0.0.1", "origin": "https://evil.example"},
        {"host": "localhost", "origin": "null"},
    ],
)
def test_a_name_or_a_page_of_elsewhere_is_refused(headers):
    status, text = request(LoopbackGuard(None), "/", headers=headers)
    assert status == 403
    assert text == b"only this machine may ask, by a loopback name\n"


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "127.0.0.1:8701"},
        {"host": "[::1]:1"},
        {"host": "localhost", "origin": "http://localhost:8700"},
    ],
)
def test_this_machine_by_its_own_name_may_ask(headers):
    assert request(LoopbackGuard(PlainTextResponse("ok")), "/", headers=headers)[0] == 200


def test_our_metrics_tell_what_the_log_holds(served):
    root, _, url = served
    log = root / "docs/domains/verb/history.jsonl"
    log.parent.mkdir(parents=True)
    line = json.dumps(
        {"duration_ms": 250, "activity": {"metadata": {"operation": "verb.act", "outcome": "ok"}}}
    )
    log.write_text(f"{line}\nnot an event\n{line}\n")
    text = get(url + "/metrics").decode()
    assert 'codesentinel_operations_total{operation="verb.act",outcome="ok"} 2.0' in text
    assert 'codesentinel_operation_duration_seconds_sum{operation="verb.act"} 0.5' in text
    assert 'codesentinel_events_total{domain="verb"} 2.0' in text
    assert 'codesentinel_damaged_lines_total{domain="verb"} 1.0' in text
    assert "codesentinel_build_info" in text
    with log.open("a") as more:
        more.write(line + "\n")
    assert 'codesentinel_events_total{domain="verb"} 3.0' in get(url + "/metrics").decode()


def test_damaged_lines_are_counted_from_0_on_so_that_the_first_one_is_an_increase(served):
    root, _, url = served
    log = root / "docs/domains/whole/history.jsonl"
    log.parent.mkdir(parents=True)
    log.write_text("{}\n")
    assert 'codesentinel_damaged_lines_total{domain="whole"} 0.0' in get(url + "/metrics").decode()
    log.write_text("{}\nnot an event\n")
    assert 'codesentinel_damaged_lines_total{domain="whole"} 1.0' in get(url + "/metrics").decode()


def test_a_review_that_can_judge_nothing_shows_no_findings(served):
    eventually(lambda: b"codesentinel_review_success 0.0" in get(served[2] + "/metrics"))
    assert b"codesentinel_findings{" not in get(served[2] + "/metrics")


def test_promtool_finds_nothing_wrong_with_our_metrics(served):
    text = b"\n".join(line for line in get(served[2] + "/metrics").splitlines() if b"_created" not in line)
    done = subprocess.run(
        [tool("prometheus", "promtool"), "check", "metrics"],
        input=text + b"\n",
        capture_output=True,
        check=False,
    )
    assert done.stderr.decode() == ""


def test_a_failing_verb_is_never_taken_for_findings(context, monkeypatch):
    def fail(_):
        raise NoData("nothing")

    from codesentinel.operations.metrics import OwnMetrics

    metrics = OwnMetrics(context)
    metrics.reviewed(None)
    assert b"codesentinel_review_success 0.0" in metrics.exposition()[0]


def test_dates_of_exhaustion_show_as_gauges_until_the_next_review(context):
    from codesentinel.operations.metrics import OwnMetrics

    finding = Finding(
        kind="capacity.disk",
        subject="/ on host",
        severity=Severity.P2,
        summary="s",
        action="a",
        source="history",
        evidence={
            "exhausted_at": {"estimate": utc(2e9), "earliest": utc(1.9e9), "latest": None, "level": 0.9}
        },
    )
    metrics = OwnMetrics(context)
    metrics.reviewed([finding])
    name = "codesentinel_capacity_exhaustion_timestamp_seconds"
    shown = [line for line in metrics.exposition()[0].decode().splitlines() if line.startswith(name)]
    assert sorted(shown) == [
        f'{name}{{bound="earliest",kind="disk",resource="/ on host"}} 1.9e+09',
        f'{name}{{bound="estimate",kind="disk",resource="/ on host"}} 2e+09',
    ]
    metrics.reviewed([])
    assert f"{name}{{" not in metrics.exposition()[0].decode()


def test_what_is_strange_is_counted_by_what_it_measures_and_is_0_only_where_that_was_judged(context):
    from codesentinel.operations.metrics import OwnMetrics

    moved = [{"subject": f"cpu of {host}", "what": "busy share of CPUs"} for host in "ab"]
    finding = Finding(
        kind="anomaly",
        subject="cpu of a",
        severity=Severity.P2,
        summary="s",
        action="a",
        source="history",
        evidence={"series": moved},
    )

    def shown():
        lines = metrics.exposition()[0].decode().splitlines()
        return dict(line.rsplit(" ", 1) for line in lines if line.startswith(f"{name}{{"))

    name = "codesentinel_trend_anomalies"
    metrics = OwnMetrics(context)
    metrics.reviewed([finding], [Source("anomalies", judged=True, checked=12)])
    assert shown().pop(f'{name}{{what="busy share of CPUs"}}') == "2.0"
    assert shown()[f'{name}{{what="requests per second"}}'] == "0.0"
    assert len(shown()) == 11
    metrics.reviewed([], [Source("anomalies", judged=False, reason="no history")])
    assert shown() == {}
    metrics.reviewed(None)
    assert shown() == {}


def test_receiving_is_an_operation_that_is_logged(context):
    assert notifications.receive(context, WEBHOOK) == 2
    assert events(context.root, "alerts")[-1]["metadata"]["operation"] == "alerts.receive"


def test_serving_elsewhere_than_on_loopback_is_refused(tmp_path):
    done = subprocess.run(
        [COMMAND, "metrics", "serve", "--host", "0.0.0.0"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    assert "will not listen on 0.0.0.0" in done.stderr


def test_a_busy_port_is_one_message(served, tmp_path):
    port = served[2].rpartition(":")[2]
    done = subprocess.run(
        [COMMAND, "metrics", "serve", "--port", port],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert f"port {port} is held by" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_the_web_extra_it_says_what_to_install(tmp_path):
    script = (
        "import sys\n"
        "sys.modules['uvicorn'] = None\n"
        "from codesentinel.cli.main import main\n"
        "sys.exit(main(['metrics', 'serve']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "pip install 'codesentinel[web]'" in done.stderr


def test_it_stops_at_once_and_in_order(tmp_path):
    with python_server("-m", "codesentinel", "metrics", "serve", cwd=tmp_path) as (process, _):
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) in (0, -signal.SIGTERM)
        assert time.monotonic() - began < 3


def test_on_a_network_only_who_shows_the_token_reads_or_writes(context):
    app = create_app(context, token=TOKEN, names=("node-1",))
    shown = {"authorization": f"Bearer {TOKEN}"}
    assert request(app, "/-/ready", headers={"host": "10.0.0.7:8701"}) == (200, b"ready\n")
    for path, method in (("/metrics", "GET"), ("/alerts", "POST")):
        for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": TOKEN}):
            assert request(app, path, method, headers=headers)[0] == 401, headers
    assert request(app, "/metrics", headers=shown | {"host": "10.0.0.7:8701"})[0] == 200
    assert request(app, "/metrics", headers=shown | {"host": "node-1"})[0] == 200
    assert request(app, "/metrics", headers=shown | {"host": "evil.example"})[0] == 403
    assert request(app, "/alerts", "POST", headers=shown)[0] == 415


def test_nothing_listens_beyond_this_machine_without_a_token(tmp_path):
    for words in (["metrics", "serve"], ["mcp", "--http"], ["dashboards", "serve"]):
        for host in ("0.0.0.0", "::"):
            done = subprocess.run(
                [COMMAND, *words, "--host", host], cwd=tmp_path, capture_output=True, text=True, check=False
            )
            assert done.returncode == 4, done.stderr
            assert f"will not listen on {host} without a token" in done.stderr
