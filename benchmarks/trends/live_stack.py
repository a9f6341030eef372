"""A trouble on the running stack: the shop begins to fail below every alert; how long until that is told.

    python benchmarks/trends/live_stack.py

A stack of its own with the demo and its load, whose shop has not failed for six hours as far as the history
tells. It then fails in 1% of requests (an alert begins at 2%), and nothing else is done: the look that `up`
takes every minute has to show it in `codesentinel_trend_anomalies`, and `review` has to name it. Exit status
1 when that takes more than five minutes, or the finding is another one.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import numpy as np

from codesentinel.act.history import import_series
from codesentinel.model.series import Series

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
from servers import eventually
from stack_under_test import Stack

LIMIT_SECONDS = 300.0
ERRORS = "service:http_server_errors_per_request:ratio_rate"
SHOP = {"__name__": ERRORS, "environment": "demo", "service": "shop"}
NOTED = 'codesentinel_trend_anomalies{what="share of failed requests"} > 0'


def main() -> int:
    """Print how long it took; 1 when it took too long."""
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder) / "workspace")
        stack.up()
        try:
            return trouble(stack)
        finally:
            stack.down()


def trouble(stack: Stack) -> int:
    """Make the shop fail, and wait."""
    history = stack.url("victoria-metrics")
    eventually(lambda: stack.query("victoria-metrics", ERRORS), within=120)
    times = np.arange(time.time() - 6 * 3600, time.time() - 60, 15)
    import_series(history, [Series(SHOP, times, np.zeros(len(times)))], timeout_seconds=30)
    with urllib.request.urlopen(f"{history}/internal/force_flush", timeout=10):
        pass
    if strange(stack):
        print("missed: it was strange before it failed")
        return 1
    began = time.monotonic()
    fault = json.dumps({"error_ratio": 0.01}).encode()
    request = urllib.request.Request(f"{stack.url('shop')}/fault", data=fault, method="PUT")
    with urllib.request.urlopen(request, timeout=10):
        pass
    try:
        eventually(lambda: stack.query("prometheus", NOTED), within=LIMIT_SECONDS, every=1)
    except AssertionError as exc:
        print(f"missed: {exc}")
        return 1
    print(f"the look of each minute showed it after {time.monotonic() - began:.0f} s")
    found = strange(stack)
    for finding in found:
        print(f"review, {finding['severity']}: {finding['summary']}")
    firing = [
        one["metric"]["alertname"]
        for one in stack.query("prometheus", 'ALERTS{service="shop",alertstate="firing"}')
    ]
    print(f"alerts that fire on the shop: {', '.join(firing) or 'none'}")
    right = [one["severity"] for one in found if one["severity"] != "P1"]
    print(f"missed: {'none' if right else 'the finding'}")
    return 0 if right else 1


def strange(stack: Stack) -> list[dict]:
    """What the review finds strange in failures."""
    findings = [one for one in stack.data("review")["findings"] if one["kind"] == "anomaly"]
    return [one for one in findings if one["subject"].startswith(ERRORS)]


if __name__ == "__main__":
    sys.exit(main())
