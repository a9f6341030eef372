"""Hosts by the thousand into a real VictoriaMetrics and a real Prometheus, until the memory is used up.

    python benchmarks/scale/ten_thousand_hosts.py [--steps 100,300,1000,3000,10000] [--memory-gb 5] [--quick]

A host is this machine's own node exporter and thirty process groups (see host.py). At each step the hosts
that are new are registered, and twenty scrapes of all, fifteen seconds apart by their times, are written as
fast as they are taken. Costs are the server's own: CPU seconds from /proc, memory that is not of files, bytes
on disk. Then every rule of infrastructure/prometheus/rules is asked once, and two graphs. A step that would
take more memory than allowed is not run; what it would cost is told by the lines through the others.

Exit status 1 when a sample that was sent is not there.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import yaml
from host import folder_bytes, read_host, temporary
from wire import HOSTS_A_BODY, Fleet, Writer

sys.path.append(str(Path(__file__).parents[1]))
from claims import claim
from history_read import free_port, serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SCRAPE_SECONDS = 15
ROUNDS = 21
STEPS = (100, 300, 1000, 3000, 10_000)
RULES = Path(__file__).parents[2] / "infrastructure/prometheus/rules"
GRAPHS = {
    "one host": 'sum by (mode) (rate(node_cpu_seconds_total{instance="h000007:9100"}[5m]))',
    "all hosts": "topk(10, 1 - avg by (instance) (rate(node_cpu_seconds_total{mode='idle'}[5m])))",
}


class Step(NamedTuple):
    """What so many hosts cost a server."""

    hosts: int
    series: int
    memory_bytes: float
    new_series_cpu_us: float
    sample_cpu_us: float
    samples_per_second: float
    index_bytes_per_series: float
    rules_seconds: float
    slowest_group_seconds: float
    graph_seconds: dict[str, float]


class Server:
    """A running server under load."""

    def __init__(self, name: str, port: int, pid: int, data: Path) -> None:
        self.name, self.port, self.pid, self.data = name, port, pid, data
        self.is_victoria = name == "VictoriaMetrics"

    def cpu_seconds(self) -> float:
        """What it used so far, system calls included."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_bytes(self) -> float:
        """What it holds that no file backs."""
        (line,) = (
            one for one in Path(f"/proc/{self.pid}/status").read_text().splitlines() if "RssAnon" in one
        )
        return int(line.split()[1]) * 1024.0

    def ask(self, expression: str, at: float) -> tuple[float, list[object]]:
        """How long an instant query takes, and its rows."""
        query = {"query": expression, "time": str(at)} | ({"nocache": "1"} if self.is_victoria else {})
        began = time.perf_counter()
        url = f"http://127.0.0.1:{self.port}/api/v1/query?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=300) as answer:
            rows = json.load(answer)["data"]["result"]
        return time.perf_counter() - began, rows

    def settle(self) -> None:
        """Everything that was sent can be asked for."""
        if self.is_victoria:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/internal/force_flush", timeout=300).close()

    def index_bytes(self) -> int:
        """The inverted index on disk; Prometheus has its own in memory, and in blocks later."""
        return folder_bytes(self.data / "indexdb") if self.is_victoria else 0


def main() -> int:
    """Print the tables; 1 when samples are missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", default=",".join(map(str, STEPS)))
    parser.add_argument("--memory-gb", type=float, default=5.0, help="no server may take more (default: 5)")
    parser.add_argument("--quick", action="store_true", help="20 and 40 hosts")
    parser.add_argument("--server", choices=("VictoriaMetrics", "Prometheus"), action="append")
    args = parser.parse_args()
    steps = [20, 40] if args.quick else [int(text) for text in args.steps.split(",")]
    host = read_host(2 if args.quick else ROUNDS)
    fleet = Fleet(host)
    print(
        f"a host has {fleet.series} series, of which {host.changing.sum()} change within {len(host.values)} s"
    )
    missing: list[str] = []
    every: dict[str, list[Step]] = {}
    for name in args.server or ("VictoriaMetrics", "Prometheus"):
        with temporary() as folder, started(name, Path(folder)) as server:
            print(f"\n{name}\n{HEAD}", flush=True)
            done = every[name] = []
            for step in climbed(server, fleet, steps, args.memory_gb * 1e9, missing):
                done.append(step)
                print(row(step), flush=True)
        for line in extrapolated(done, fleet.series, steps):
            print(line)
    claimed(every)
    print(f"missing: {'; '.join(missing) or 'nothing'}")
    return 1 if missing else 0


def claimed(every: dict[str, list[Step]]) -> None:
    """What a series and a sample cost the one beside the other, at the most hosts that both took."""
    if len(every) < 2 or min(map(len, every.values())) < 2:
        return
    ours, theirs = every["VictoriaMetrics"], every["Prometheus"]
    last = min(len(ours), len(theirs)) - 1
    for what, unit, of in (
        ("memory of an active series", "bytes", lambda one: one.memory_bytes / one.series),
        ("CPU to take a sample", "us CPU", lambda one: one.sample_cpu_us),
    ):
        claim(
            f"{what} at {ours[last].hosts} hosts in VictoriaMetrics",
            of(ours[last]),
            unit,
            peer="Prometheus",
            theirs=of(theirs[last]),
        )


@contextmanager
def started(name: str, folder: Path) -> Iterator[Server]:
    """The server on a free port, with room for what is asked here."""
    port = free_port()
    if name == "VictoriaMetrics":
        words = [
            f"-httpListenAddr=127.0.0.1:{port}", f"-storageDataPath={folder}", "-retentionPeriod=1",
            "-dedup.minScrapeInterval=1ms", "-search.latencyOffset=0s", "-search.maxQueryDuration=5m",
            "-search.maxUniqueTimeseries=20000000", "-memory.allowedPercent=30",
        ]  # fmt: skip
        found, ready = "victoria-metrics", f"http://127.0.0.1:{port}/health"
    else:
        config = folder / "prometheus.yml"
        config.write_text("")
        words = [
            f"--config.file={config}", f"--storage.tsdb.path={folder / 'tsdb'}",
            "--web.enable-remote-write-receiver", f"--web.listen-address=127.0.0.1:{port}",
            "--query.timeout=5m", "--query.max-samples=500000000",
        ]  # fmt: skip
        found, ready = "prometheus", f"http://127.0.0.1:{port}/-/ready"
    with serving(found, words, ready) as pid:
        yield Server(name, port, pid, folder)


def climbed(
    server: Server, fleet: Fleet, steps: Sequence[int], memory: float, missing: list[str]
) -> Iterator[Step]:
    """Each step that the memory has room for."""
    writer = Writer(server.port)
    moment, last, empty = 0, 0, server.memory_bytes()
    start_ms = int(time.time() - len(steps) * ROUNDS * SCRAPE_SECONDS) * 1000
    for hosts in steps:
        if last and empty + (server.memory_bytes() - empty) * hosts / last > memory:
            return
        index_before, cpu = server.index_bytes(), server.cpu_seconds()
        at_ms = start_ms + moment * SCRAPE_SECONDS * 1000
        _scrape(writer, fleet, (last, hosts), moment, at_ms)
        server.settle()
        new_cpu = server.cpu_seconds() - cpu
        _scrape(writer, fleet, (0, last), moment, at_ms)
        cpu, began = server.cpu_seconds(), time.perf_counter()
        for _ in range(ROUNDS - 1):
            moment += 1
            at_ms = start_ms + moment * SCRAPE_SECONDS * 1000
            _scrape(writer, fleet, (0, hosts), moment, at_ms)
        seconds, cpu = time.perf_counter() - began, server.cpu_seconds() - cpu
        moment += 1
        server.settle()
        at = at_ms / 1000
        sent = fleet.series * hosts
        _, rows = server.ask('count({job=~"node-exporter|codesentinel"})', at)
        if int(float(rows[0]["value"][1])) != sent:  # type: ignore[index]
            missing.append(f"{server.name}: {rows} instead of {sent} series at {hosts} hosts")
        groups = _rules(server, at)
        new = fleet.series * (hosts - last)
        yield Step(
            hosts,
            sent,
            server.memory_bytes(),
            1e6 * new_cpu / new,
            1e6 * cpu / (sent * (ROUNDS - 1)),
            sent * (ROUNDS - 1) / seconds,
            (server.index_bytes() - index_before) / new,
            sum(groups.values()),
            max(groups.values()),
            {name: server.ask(expression, at)[0] for name, expression in GRAPHS.items()},
        )
        last = hosts


def _scrape(writer: Writer, fleet: Fleet, hosts: tuple[int, int], moment: int, at_ms: int) -> None:
    first, end = hosts
    for begin in range(first, end, HOSTS_A_BODY):
        writer.send(fleet.body(begin, min(HOSTS_A_BODY, end - begin), moment, at_ms))


def _rules(server: Server, at: float) -> dict[str, float]:
    """How long every rule of each group takes, one after another as they are evaluated."""
    taken: dict[str, float] = {}
    for file in sorted(RULES.glob("*.yml")):
        for group in yaml.safe_load(file.read_text())["groups"]:
            taken[group["name"]] = sum(server.ask(rule["expr"], at)[0] for rule in group["rules"])
    return taken


HEAD = (
    f"{'hosts':>7}{'series':>11}{'memory MB':>11}{'us/sample':>11}{'us/new':>8}{'samples/s':>11}"
    f"{'index B/new':>13}{'rules s':>9}{'slowest':>9}" + "".join(f"{name:>11}" for name in GRAPHS)
)


def row(one: Step) -> str:
    """A line of the table."""
    return (
        f"{one.hosts:>7}{one.series:>11}{one.memory_bytes / 1e6:>11.0f}{one.sample_cpu_us:>11.2f}"
        f"{one.new_series_cpu_us:>8.1f}{one.samples_per_second:>11.0f}{one.index_bytes_per_series:>13.0f}"
        f"{one.rules_seconds:>9.2f}{one.slowest_group_seconds:>9.2f}"
        + "".join(f"{seconds:>11.3f}" for seconds in one.graph_seconds.values())
    )


def extrapolated(steps: Sequence[Step], series_a_host: int, wanted: Sequence[int]) -> Iterator[str]:
    """The lines through the steps, and what they say of those that were not run."""
    if len(steps) < 2:
        return
    series = np.array([one.series for one in steps], float)
    hosts = np.array([one.hosts for one in steps], float)
    slope, base = np.polyfit(series, [one.memory_bytes for one in steps], 1)
    yield f"memory: {base / 1e6:.0f} MB + {slope:.0f} bytes a series"
    rules, _ = np.polyfit(hosts, [one.rules_seconds for one in steps], 1)
    slowest, _ = np.polyfit(hosts, [one.slowest_group_seconds for one in steps], 1)
    yield f"rules: {1000 * rules:.2f} ms a host; the slowest group {1000 * slowest:.2f} ms a host"
    if slowest > 0:
        yield f"the slowest group takes {SCRAPE_SECONDS} s at {SCRAPE_SECONDS / slowest:.0f} hosts"
    for number in wanted[len(steps) :]:
        count = number * series_a_host
        rate = count / SCRAPE_SECONDS
        yield (
            f"{number} hosts, not run: {count} series, {(base + slope * count) / 1e9:.1f} GB, "
            f"{rate:.0f} samples/s, {rate * steps[-1].sample_cpu_us / 1e6:.2f} cores for writing"
        )


if __name__ == "__main__":
    sys.exit(main())
