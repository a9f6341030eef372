"""The ways of reading that `history_read.py` compares, each in a process with a peak of memory of its own.

    python history_methods.py METHOD '{"url": ..., "start": ..., "end": ..., "step": ..., "values": FILE}'

Runs in an environment that may have prometheus-api-client and numpy alone.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import urllib.parse
import urllib.request

import numpy as np

QUERY = "bench"


def ours_stored(asked):
    """The reader's fastest way."""
    from codesentinel.capture.history import HistoryReader

    reader = HistoryReader(asked["url"], timeout_seconds=120)
    return lambda: reader.read(QUERY, asked["start"], asked["end"])


def ours_evaluated(asked):
    """The reader's way for what must be evaluated."""
    from codesentinel.capture.history import HistoryReader

    reader = HistoryReader(asked["url"], timeout_seconds=120)
    return lambda: reader.read(QUERY, asked["start"], asked["end"], asked["step"])


def plain(asked):
    """`query_range`, `json`, arrays: what everybody writes first."""
    parameters = {
        "query": QUERY,
        "start": asked["start"],
        "end": asked["end"],
        "step": asked["step"],
        "nocache": 1,
    }
    url = f"{asked['url']}/api/v1/query_range?{urllib.parse.urlencode(parameters)}"

    def read():
        with urllib.request.urlopen(url, timeout=600) as answer:
            rows = json.load(answer)["data"]["result"]
        return [arrays(row) for row in rows]

    return read


def api_client(asked):
    """prometheus-api-client's range query, and arrays."""
    from datetime import UTC, datetime

    from prometheus_api_client import PrometheusConnect

    client = PrometheusConnect(url=asked["url"])
    start, end = (datetime.fromtimestamp(asked[name], UTC) for name in ("start", "end"))

    def read():
        rows = client.custom_query_range(QUERY, start, end, str(asked["step"]), params={"nocache": 1})
        return [arrays(row) for row in rows]

    return read


METHODS = {
    "ours, stored samples": ours_stored,
    "ours, evaluated": ours_evaluated,
    "json query_range": plain,
    "prometheus-api-client": api_client,
}


def arrays(row):
    """Labels, times and values of one row of Prometheus' JSON."""
    points = np.array(row["values"], dtype=np.float64)
    return row["metric"], points[:, 0].copy(), points[:, 1].copy()


def main():
    """Run one method and print what it cost and read, as JSON."""
    asked = json.loads(sys.argv[2])
    read = METHODS[sys.argv[1]](asked)
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # the high-water mark begins here
    before = memory("VmRSS")
    began, cpu = time.perf_counter(), cpu_seconds()
    found = read()
    seconds, cpu = time.perf_counter() - began, cpu_seconds() - cpu
    peak = memory("VmHWM") - before
    points, worst = compared(found, asked)
    print(
        json.dumps(
            {"seconds": seconds, "cpu_seconds": cpu, "peak_bytes": peak, "points": points, "worst": worst}
        )
    )


def compared(found, asked):
    """The number of points, and the largest relative difference of a value from what was written."""
    written = np.load(asked["values"], mmap_mode="r")
    times = np.arange(asked["start"], asked["end"] + 1, asked["step"], dtype=float)
    points, worst = 0, 0.0
    for one in found:
        labels, at, values = one if isinstance(one, tuple) else (one.labels, one.times, one.values)
        truth = written[int(labels["n"])]
        is_same = len(at) == len(times) and np.array_equal(at, times)
        worst = max(worst, float(np.max(np.abs(values / truth - 1))) if is_same else float("inf"))
        points += len(at)
    return points, worst if worst < float("inf") else 1e9


def memory(name):
    """A figure of this process in bytes."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(name))


def cpu_seconds():
    """Of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
