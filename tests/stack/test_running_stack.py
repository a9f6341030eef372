"""The stack of a newcomer: real servers, real scrapes, real findings."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.request

import pytest

from servers import eventually
from stack_under_test import is_alive

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]

SERVERS = [
    "victoria-metrics",
    "alertmanager",
    "pushgateway",
    "node-exporter",
    "codesentinel",
    "viewer",
    "shop",
    "prometheus",
]


def test_every_service_is_ready_and_every_target_up(stack):
    state = stack.data("status")
    assert state["ready"] is True
    assert {s["name"] for s in state["services"]} == {*SERVERS, "shop-load", "process-recorder", "telemetry"}
    scraped = {*SERVERS, "telemetry"}
    eventually(lambda: len(stack.query("prometheus", "up == 1")) == len(scraped))
    assert stack.query("prometheus", "up == 0") == []


def test_the_demo_is_judged_by_its_own_resources_and_those_of_its_host(stack):
    def judged():
        done = stack.run("bottleneck", "--service", "shop", "--from", "5m", "--json")
        data = json.loads(done.stdout).get("data")
        return data and {row["resource"] for row in data["use"]} >= {"cpu", "gc", "cores", "disk"} and data

    data = eventually(judged, within=60, every=2)
    assert data["verdict"] in ("fine", "explained", "unexplained")
    assert {row["route"] for row in data["red"]} >= {"/", "/products", "/products/{product_id}"}
    assert "throttling" in data["unmeasured"] or "throttling" in {row["resource"] for row in data["use"]}
    assert {"pool", "lock"} <= set(data["unmeasured"])


def test_review_lists_findings_from_live_data(stack):
    done = stack.run("review", "--json")
    report = json.loads(done.stdout)
    assert report["schema"] == "codesentinel/review/v1"
    findings = report["data"]["findings"]
    assert any(f["kind"] == "target.up" and "targets are up" in f["summary"] for f in findings)
    assert {
        "id",
        "kind",
        "subject",
        "severity",
        "summary",
        "action",
        "evidence",
        "confidence",
        "from",
        "to",
        "source",
    } == set(findings[0])
    judged = {s["name"]: s["judged"] for s in report["data"]["sources"]}
    assert judged["alerts and targets"]
    assert judged["stack"]
    assert done.returncode == (1 if any(f["severity"] == "P1" for f in findings) else 0)


def test_every_target_answers_its_scrapes(stack):
    """One that never does is an alert for good, and lets ``up`` wait in vain."""
    eventually(
        lambda: stack.query("prometheus", "up") and not stack.query("prometheus", "up == 0"), within=60
    )


def test_samples_reach_the_long_history_within_seconds(stack):
    newest = 'max(timestamp(up{job="node-exporter"}))'
    eventually(lambda: float(stack.query("victoria-metrics", newest)[0]["value"][1]) > time.time() - 8)


def test_a_second_up_is_told_that_one_runs_and_exits_2(stack):
    done = stack.run("up")
    assert done.returncode == 2
    assert "already running" in done.stderr
    assert "codesentinel status" in done.stderr


@pytest.mark.parametrize("name", SERVERS)
def test_a_killed_server_is_back_and_scraped_within_ten_seconds(stack, name):
    pid, restarts = stack.service(name)["pid"], stack.service(name)["restarts"]
    killed_at = time.time()
    os.kill(pid, signal.SIGKILL)
    assert stack.wait_until_scraped(name, killed_at, within=15) < 10
    service = stack.service(name)
    assert service["pid"] != pid
    assert service["restarts"] == restarts + 1
    assert service["last_exit"] == "killed by SIGKILL"
    assert stack.events("stack")[-1]["activity"]["action"] in ("restarted", "stack.status")


@pytest.mark.parametrize("name", ["victoria-metrics", "prometheus"])
def test_no_stored_sample_is_lost_when_storage_is_killed(stack, name):
    """Every sample that Prometheus had at the last scrape before the kill is in both stores afterwards."""
    selector = 'up{job="node-exporter"}'
    eventually(lambda: len(stack.sample_times("prometheus", f"{selector}[30s]")) > 4)
    before = stack.sample_times("prometheus", f"{selector}[30s]")
    killed_at = time.time()
    os.kill(stack.service(name)["pid"], signal.SIGKILL)
    stack.wait_until_scraped(name, killed_at, within=20)

    def lost():
        window = f"[{int(time.time() - killed_at) + 40}s]"
        kept = stack.sample_times("prometheus", selector + window) & stack.sample_times(
            "victoria-metrics", selector + window
        )
        return before - kept

    eventually(lambda: not lost(), within=15)
    assert lost() == set()


def test_what_was_pushed_survives_a_killed_pushgateway(stack):
    url = f"{stack.url('pushgateway')}/metrics/job/deploy"
    with urllib.request.urlopen(
        urllib.request.Request(url, data=b"pushed_total 7\n", method="PUT"), timeout=5
    ):
        pass
    file = stack.root / ".codesentinel/data/pushgateway/metrics"
    eventually(lambda: file.exists() and b"pushed_total" in file.read_bytes(), within=5)
    killed_at = time.time()
    os.kill(stack.service("pushgateway")["pid"], signal.SIGKILL)
    stack.wait_until_scraped("pushgateway", killed_at, within=15)
    newest = 'timestamp(pushed_total{job="deploy"})'
    eventually(lambda: float(stack.query("prometheus", newest)[0]["value"][1]) > killed_at)


def test_p1_reaches_pagerduty_and_p2_slack_within_30_seconds(stack, capture):
    began = time.time()
    fault(stack, "PUT", {"error_ratio": 0.5, "delay_seconds": 0.7})
    try:
        page = eventually(lambda: call(capture, "/v2/enqueue", "ServiceErrorRateHigh", began), within=40)
        post = eventually(lambda: call(capture, "/services/", "ServiceLatencyHigh", began), within=40)
        assert page[0] - began < 30
        assert post[0] - began < 30
        event = page[2]
        assert event["routing_key"] == "routing-key-of-the-test"
        assert event["event_action"] == "trigger"
        assert event["payload"]["severity"] == "critical"
        assert "shop" in event["payload"]["summary"]
        assert "ServiceLatencyHigh" in post[2]["attachments"][0]["title"]
        findings = stack.data("review")["findings"]
        assert [f["severity"] for f in findings if f["kind"] == "alert.ServiceErrorRateHigh"] == ["P1"]
        assert stack.run("review").returncode == 1
        logged = [e["activity"] for e in stack.events("alerts") if e["activity"]["action"] == "alert-firing"]
        assert {"ServiceErrorRateHigh", "ServiceLatencyHigh"} <= {
            a["metadata"]["labels"]["alertname"] for a in logged
        }
    finally:
        fault(stack, "DELETE")
    resolved = eventually(
        lambda: call(capture, "/v2/enqueue", "ServiceErrorRateHigh", began, "resolve"), within=90
    )
    assert resolved[2]["dedup_key"] == event["dedup_key"]


def test_keys_stand_in_no_configuration_no_command_line_and_no_log(stack):
    secrets = (b"routing-key-of-the-test", b"secret-path-of-the-test")
    for file in (stack.root / ".codesentinel").rglob("*"):
        if file.is_file() and file.parent.name != "secrets" and "data" not in file.parts:
            assert not any(secret in file.read_bytes() for secret in secrets), file
    for file in (stack.root / "docs").rglob("*.jsonl"):
        assert not any(secret in file.read_bytes() for secret in secrets), file
    for file in (stack.root / ".codesentinel/stack/secrets").iterdir():
        assert file.stat().st_mode & 0o077 == 0
    for service in stack.state()["services"]:
        with open(f"/proc/{service['pid']}/environ", "rb") as environment:
            assert not any(secret in environment.read() for secret in secrets)


def test_every_server_listens_on_the_loopback_address_alone(stack):
    pids = {s["pid"] for s in stack.state()["services"]}
    import psutil

    listening = [
        c for c in psutil.net_connections("inet") if c.pid in pids and c.status == psutil.CONN_LISTEN
    ]
    assert len(listening) >= len(SERVERS)
    assert {c.laddr.ip for c in listening} == {"127.0.0.1"}


def test_doctor_finds_nothing_to_mend_while_the_stack_runs(stack):
    done = stack.run("doctor", "--json")
    checks = json.loads(done.stdout)["data"]["checks"]
    assert [c for c in checks if c["outcome"] == "FAIL"] == []
    assert done.returncode == 0


def test_the_supervisor_has_no_threads_so_that_it_may_fork(stack):
    pid = stack.state()["supervisor_pid"]
    assert is_alive(pid)
    eventually(lambda: len(os.listdir(f"/proc/{pid}/task")) == 1)  # while it asks, somebody watches the time


def fault(stack, method, body=None):
    """Tell the demo shop how to misbehave."""
    data = json.dumps(body or {}).encode()
    with urllib.request.urlopen(
        urllib.request.Request(f"{stack.url('shop')}/fault", data=data, method=method), timeout=10
    ):
        pass


def call(capture, path, alert, since, action="trigger"):
    """The first captured call about an alert after ``since``."""
    for moment, where, body in capture.calls:
        if moment >= since and where.startswith(path) and alert in json.dumps(body):
            if path == "/v2/enqueue" and body["event_action"] != action:
                continue
            return moment, where, body
    return None
