"""The post-mortem of a fault that was really put into the demo: what came when, from four sources."""

from __future__ import annotations

import json
import re
import urllib.request

import numpy as np
import pytest

from codesentinel.act.history import import_series
from codesentinel.model.series import Series
from notebook_run import execute
from servers import eventually
from stack_under_test import Stack
from storage import Storage, victoria_metrics

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("notebooks"), pytest.mark.timeout(400)]

RATIO = "service:http_server_errors_per_request:ratio_rate"
STEP = 3.0


@pytest.fixture(scope="module")
def incident(tmp_path_factory):
    """A stack in which the shop was deployed, failed for a while, and was mended."""
    stack = Stack(tmp_path_factory.mktemp("incident") / "workspace")
    stack.up()
    try:
        eventually(lambda: stack.query("prometheus", f'{RATIO}{{service="shop"}}'), within=90, every=0.5)
        for words in (("--status", "started"), ("--status", "success")):
            done = stack.run(
                "deploy", "record", "--service", "shop", "--environment", "demo", "--revision", "v2", *words
            )
            assert done.returncode == 0, done.stderr
        fault(stack, "PUT", {"error_ratio": 0.5})
        eventually(lambda: alerts(stack, "alert-firing"), within=120, every=0.5)
        fault(stack, "DELETE")
        yield stack
    finally:
        stack.down()


def fault(stack, method, body=None):
    """Tell the demo shop how to misbehave."""
    request = urllib.request.Request(
        f"{stack.url('shop')}/fault", data=json.dumps(body or {}).encode(), method=method
    )
    urllib.request.urlopen(request, timeout=10).close()


def alerts(stack, action):
    """What the log has of the shop's errors."""
    return [
        event
        for event in stack.events("alerts")
        if event["activity"]["action"] == action
        and event["activity"]["metadata"]["labels"]["alertname"] == "ServiceErrorRateHigh"
    ]


def calm_before(rows):
    """What was recorded, and four hours without a fault before it, of which the stack has none yet."""
    (row,) = rows
    times = np.array(row["timestamps"], float) / 1000
    before = times[0] - STEP * np.arange(1, 4 * 3600 / STEP)[::-1]
    calm = np.maximum(np.random.default_rng(3).poisson(1.8, len(before)) / 360, 0.0)
    labels = {**row["metric"]}
    return Series(labels, np.concatenate([before, times]), np.concatenate([calm, row["values"]]))


def test_the_timeline_has_the_deployment_the_anomaly_and_the_alert_in_their_order(incident, tmp_path):
    recorded = Storage(incident.url("victoria-metrics")).holds(f'{RATIO}{{service="shop"}}')
    with victoria_metrics(tmp_path / "history") as history:
        import_series(history.url, [calm_before(recorded)], timeout_seconds=60)
        history.holds(RATIO)
        done = execute(
            "incident_post_mortem",
            incident.root,
            tmp_path,
            CODESENTINEL_SOURCES_HISTORY_URL=history.url,
            CODESENTINEL_STACK_PORT_OFFSET=str(incident.offset),
        )
    found = re.findall(r"(?m)^\d\d:\d\d:\d\d  \+ *(\d+) s  (\w+) +(.*)$", done.texts[2])
    lines = [(int(seconds), source, words) for seconds, source, words in found]
    assert lines == sorted(lines, key=lambda line: line[0])
    begun = next(at for at, _, words in lines if words == "shop v2 began")
    alert = next(at for at, _, words in lines if words == "P1 ServiceErrorRateHigh firing")
    strange = [at for at, source, _ in lines if source == "anomaly"]
    # strange before the alert's wait is over; what was strange by chance just before is one with it
    assert any(begun - 90 <= at <= alert + STEP for at in strange), lines
    first = next(at for at, source, _ in lines if source == "alert")
    told = int(re.search(r"detected (\d+) s after the deployment began", done.texts[3])[1])
    assert abs(told - (first - begun)) <= 1
    assert "sources judged" in done.texts[4]
