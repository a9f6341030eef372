"""A million samples from a file of OpenMetrics into a real VictoriaMetrics, and what else could be done.

    python benchmarks/history_write.py [--samples 1000000] [--rounds 1] [--quick]

`codesentinel metrics backfill` reads the file twice, refuses mistakes, and counts in the storage
afterwards; the others do none of that. Against it: prometheus-client's parser, `json` and one POST, as
everybody writes first; promtool, which makes blocks for a plain Prometheus; VictoriaMetrics' own reader of
text, to which the file is only sent; and the bare writer, from memory. Each runs in a process of its own,
in turn; the best of the rounds counts. Memory is that process's peak.

Exit status 1 when backfill takes longer than the naive way or more than a fifth of its memory, or when a
sample is not in the storage afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import NamedTuple

from claims import claim
from history_read import found, free_port, serving

SERIES = 100
STEP = 15
T0 = 1_700_000_000
MOST_TIME = 1.0
MOST_MEMORY = 0.2

NAIVE = """
import json, sys, urllib3
from prometheus_client.openmetrics.parser import text_fd_to_metric_families
rows = {}
with open(sys.argv[1]) as file:
    for family in text_fd_to_metric_families(file):
        for sample in family.samples:
            labels = {"__name__": sample.name, **sample.labels}
            row = rows.setdefault(tuple(labels.items()), ({"metric": labels, "values": [], "timestamps": []}))
            row["values"].append(sample.value)
            row["timestamps"].append(round(float(sample.timestamp) * 1000))
body = "\\n".join(json.dumps(row) for row in rows.values())
answer = urllib3.request("POST", sys.argv[2] + "/api/v1/import", body=body.encode(), timeout=600)
assert answer.status == 204, answer.status
"""

WRITER = """
import sys, time
from codesentinel.act.history import HistoryWriter
from codesentinel.model.samples import Samples
from claims import claim
series, each, url = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
t0 = int(sys.argv[4]) * 1000
times = list(range(t0, t0 + 15000 * each, 15000))
values = [i * 7919 % 100_003 / 7 for i in range(each)]
began = time.perf_counter()
with HistoryWriter(url, timeout_seconds=600) as writer:
    for n in range(series):
        writer.write(Samples({"__name__": "memory", "n": str(n)}, times, values))
print(time.perf_counter() - began)
"""

TEXT = """
import sys, urllib3
with open(sys.argv[1], "rb") as file:
    answer = urllib3.request("POST", sys.argv[2] + "/api/v1/import/prometheus", body=file, timeout=600,
                             headers={"Transfer-Encoding": "chunked"})
assert answer.status == 204, answer.status
"""


class Cost(NamedTuple):
    """Of one run."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    said: str = ""


def write_files(folder: Path, samples: int) -> tuple[Path, Path]:
    """The same counters as OpenMetrics and, for VictoriaMetrics' own reader, as Prometheus' text."""
    rng = random.Random(1)
    openmetrics, text = folder / "bench.om", folder / "bench.txt"
    with openmetrics.open("w") as one, text.open("w") as other:
        one.write("# TYPE bench counter\n")
        for n in range(SERIES):
            value = 0
            head = f'bench_total{{service="shop",instance="10.0.0.{n}:8080",route="/items/{{id}}"}}'
            for i in range(samples // SERIES):
                value += rng.randrange(10)
                at = T0 + i * STEP
                one.write(f"{head} {value} {at}.{n:03}\n")
                other.write(f"{head.replace('bench', 'text')} {value} {at}{n:03}\n")
        one.write("# EOF\n")
    return openmetrics, text


def cost(argv: list[str]) -> Cost:
    """Run it to its end."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(argv, stdout=out, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - began
        out.seek(0)
        said = out.read().decode()
    if process.returncode:
        raise SystemExit(f"{argv[:4]} ended with {process.returncode}: {said[-500:]}")
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, said)


def stored(url: str, metric: str, samples: int) -> int:
    """How many samples of a metric the storage holds."""
    urllib.request.urlopen(f"{url}/internal/force_flush", timeout=120).read()
    span = samples // SERIES * STEP + 60
    query = {"query": f"sum(count_over_time({metric}[{span}s]))", "time": T0 + span - 30, "nocache": 1}
    with urllib.request.urlopen(f"{url}/api/v1/query?{urllib.parse.urlencode(query)}", timeout=120) as answer:
        rows = json.load(answer)["data"]["result"]
    return int(rows[0]["value"][1]) if rows else 0


def main() -> int:
    """Print the table; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="20,000 samples, one round, no limits")
    args = parser.parse_args()
    samples, rounds = (20_000, 1) if args.quick else (args.samples, args.rounds)
    promtool = found("prometheus").path.with_name("promtool")
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        url = f"http://127.0.0.1:{port}"
        openmetrics, text = write_files(folder, samples)
        (folder / "workspace").mkdir()
        options = [
            f"-storageDataPath={folder / 'vm'}", f"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=1200",
            "-dedup.minScrapeInterval=1ms", "-search.latencyOffset=0s", "-loggerLevel=ERROR",
        ]  # fmt: skip
        backfill = ["-m", "codesentinel", "--workspace", str(folder / "workspace"), "metrics", "backfill"]
        ways = {
            "codesentinel metrics backfill": [sys.executable, *backfill, str(openmetrics), "--to", url],
            "the same, --dry-run (one reading)": [sys.executable, *backfill, str(openmetrics), "--dry-run"],
            "prometheus-client + json + 1 POST": [sys.executable, "-c", NAIVE, str(openmetrics), url],
            "promtool create-blocks-from": [
                str(promtool), "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=24h",
                str(openmetrics), str(folder / "blocks"),
            ],
            "only sent to VictoriaMetrics": [sys.executable, "-c", TEXT, str(text), url],
            "the writer, from memory": [
                sys.executable, "-c", WRITER, str(SERIES), str(samples // SERIES), url, str(T0),
            ],
        }  # fmt: skip
        with serving("victoria-metrics", options, f"{url}/health"):
            best = measured(ways, rounds)
            held = {
                metric: stored(url, metric, samples) for metric in ("bench_total", "text_total", "memory")
            }
    print(f"{samples} samples, {SERIES} series, {openmetrics.name}\n{table(best, samples)}")
    missed = [] if args.quick else judged(best)
    missed += [f"{metric}: {count} of {samples} stored" for metric, count in held.items() if count != samples]
    print(f"missed: {'; '.join(missed) or 'none'}")
    return 1 if missed else 0


def measured(ways: dict[str, list[str]], rounds: int) -> dict[str, Cost]:
    """The quickest run of each, all of them in turn."""
    best: dict[str, Cost] = {}
    for _ in range(rounds):
        for name, argv in ways.items():
            one = cost(argv)
            if name == "the writer, from memory":  # which says itself how long the writing took
                one = one._replace(seconds=float(one.said))
            best[name] = min(best.get(name, one), one)
    return best


def table(best: dict[str, Cost], samples: int) -> str:
    """A line a way; times relative to ours."""
    ours = next(iter(best.values()))
    lines = [f"{'':<36}{'s':>8}{'samples/s':>12}{'x ours':>8}{'CPU s':>8}{'peak MB':>9}"]
    lines += [
        f"{name:<36}{one.seconds:>8.2f}{samples / one.seconds:>12.0f}{one.seconds / ours.seconds:>8.2f}"
        f"{one.cpu_seconds:>8.2f}{one.peak_bytes / 1e6:>9.0f}"
        for name, one in best.items()
    ]
    return "\n".join(lines)


def judged(best: dict[str, Cost]) -> list[str]:
    """The limits that were missed."""
    ours, naive = best["codesentinel metrics backfill"], best["prometheus-client + json + 1 POST"]
    for name in (
        "prometheus-client + json + 1 POST",
        "promtool create-blocks-from",
        "only sent to VictoriaMetrics",
    ):
        most = f"at most {MOST_TIME}x" if best[name] is naive else ""
        claim(
            "a file of samples into the long history",
            ours.seconds,
            "s",
            peer=name,
            theirs=best[name].seconds,
            limit=most,
        )
    claim(
        "memory that takes",
        ours.peak_bytes / 1e6,
        "MB",
        peer="prometheus-client + json + 1 POST",
        theirs=naive.peak_bytes / 1e6,
        limit=f"at most {MOST_MEMORY}x",
    )
    missed = []
    if ours.seconds > MOST_TIME * naive.seconds:
        missed.append(f"{ours.seconds / naive.seconds:.2f} times the time of the naive way")
    if ours.peak_bytes > MOST_MEMORY * naive.peak_bytes:
        missed.append(f"{ours.peak_bytes / naive.peak_bytes:.2f} times the memory of the naive way")
    return missed


if __name__ == "__main__":
    sys.exit(main())
