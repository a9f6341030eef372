"""The demo shop and its load, as real processes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from asgi import ROOT, python_server
from servers import eventually, free_port, get, tool

SHOP, LOAD = str(ROOT / "examples/shop/app.py"), str(ROOT / "examples/shop/load.py")


@pytest.fixture(scope="module")
def shop():
    with python_server(SHOP) as (_, url):
        yield url


def counted(url):
    """(route, status) to requests, as /metrics says."""
    from prometheus_client.parser import text_string_to_metric_families

    return {
        (s.labels["http_route"], s.labels["http_response_status_code"]): s.value
        for family in text_string_to_metric_families(get(url + "/metrics").decode())
        for s in family.samples
        if s.name == "http_server_request_duration_seconds_count"
    }


def send(url, method="GET", body=None):
    data = json.dumps(body).encode() if body is not None else None
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, data=data, method=method), timeout=10
        ) as answer:
            return answer.status
    except urllib.error.HTTPError as exc:
        with exc:
            return exc.code


def test_the_client_and_the_counters_agree_exactly(shop):
    before = counted(shop)
    sent = {}
    for number in range(60):
        for path, route in (
            ("/", "/"),
            (f"/products/{number}", "/products/{product_id}"),
            ("/none", "unmatched"),
        ):
            key = (route, str(send(shop + path)))
            sent[key] = sent.get(key, 0) + 1
    after = counted(shop)
    assert {k: after[k] - before.get(k, 0) for k in sent} == sent


def test_orders_are_checked(shop):
    assert send(shop + "/checkout", "POST", {"product_id": 1, "quantity": 2}) == 201
    for order in (
        {},
        [],
        {"product_id": 1, "quantity": 0},
        {"product_id": 999, "quantity": 1},
        {"product_id": 1, "quantity": "x"},
    ):
        assert send(shop + "/checkout", "POST", order) == 400


def test_a_fault_makes_the_shop_fail_and_wait_but_not_its_plumbing(shop):
    assert send(shop + "/fault", "PUT", {"error_ratio": 1.0, "delay_seconds": 0.2}) == 200
    try:
        began = time.monotonic()
        assert send(shop + "/") == 500
        assert time.monotonic() - began >= 0.2
        assert send(shop + "/-/ready") == 200
        assert send(shop + "/metrics") == 200
    finally:
        send(shop + "/fault", "DELETE")
    assert send(shop + "/") == 200


@pytest.mark.parametrize(
    "wrong", [{"error_ratio": 2}, {"delay_seconds": -1}, {"delay_seconds": 31}, {"else": 1}, [], "x"]
)
def test_a_senseless_fault_is_refused(shop, wrong):
    assert send(shop + "/fault", "PUT", wrong) == 400


def test_promtool_finds_nothing_wrong_with_its_metrics(shop):
    send(shop + "/")
    text = b"\n".join(line for line in get(shop + "/metrics").splitlines() if b"_created" not in line)
    check = [tool("prometheus", "promtool"), "check", "metrics"]
    done = subprocess.run(check, input=text + b"\n", capture_output=True, check=False)
    complaints = [line for line in done.stderr.decode().splitlines() if "python_gc" not in line]
    assert complaints == []


def test_the_load_offers_its_rate_survives_a_dead_shop_and_stops_at_once():
    port = free_port()
    load = subprocess.Popen([sys.executable, LOAD, "--url", f"http://127.0.0.1:{port}", "--rate", "100"])
    try:
        time.sleep(1.0)
        assert load.poll() is None
        shop = subprocess.Popen([sys.executable, SHOP, "--port", str(port)])
        try:
            url = f"http://127.0.0.1:{port}"
            eventually(lambda: get(url + "/-/ready"))
            eventually(lambda: sum(counted(url).values()) > 20)
            first, began = sum(counted(url).values()), time.monotonic()
            time.sleep(3)
            rate = (sum(counted(url).values()) - first) / (time.monotonic() - began)
            assert 60 < rate < 140
        finally:
            shop.terminate()
            assert shop.wait(10) in (0, -signal.SIGTERM)
    finally:
        began = time.monotonic()
        load.terminate()
        assert load.wait(5) == 0
        assert time.monotonic() - began < 2
