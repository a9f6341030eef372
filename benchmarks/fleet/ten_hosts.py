"""Ten hosts write, each with its collector, and one of them loses the store for a while: is it all there?

Each host is a network namespace at one bridge where we may make some, and plain processes elsewhere. Its
cable is pulled by taking the link down, or else the store closes its connections without a word. The store
speaks S3. At the end every id in the logs is looked for in the store: once each. Watched are the memory of
each collector and its processor time. The table says how many events were written: a busy machine may not do
what was asked.

    python benchmarks/fleet/ten_hosts.py [--hosts 10 --rate 1000 --seconds 300 --cut 60:180]
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(FOLDER), str(FOLDER.parent)]

from claims import claim  # noqa: E402
from network import network  # noqa: E402

from s3_server import s3  # noqa: E402
from unmeasured import UNMEASURED  # noqa: E402

MOST_RSS_BYTES = 256 * 1024 * 1024
DRAIN_SECONDS = 300.0
CUT = 0  # the host whose cable is pulled
TICK = os.sysconf("SC_CLK_TCK")


class Host:
    """A workspace, what writes into it, and its collector."""

    def __init__(self, folder, number, url, before=()):
        self.name = f"host-{number}"
        self.root = folder / self.name
        (self.root / ".git").mkdir(parents=True)
        self.most_rss = 0
        self.cpu_seconds = 0.0
        environment = {
            **UNMEASURED,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CODESENTINEL_S3_ENDPOINT": url,
            "CODESENTINEL_S3_ACCESS_KEY_ID": self.name,
            "CODESENTINEL_S3_SECRET_ACCESS_KEY": "secret",
            "CODESENTINEL_S3_TIMEOUT_SECONDS": "3",
            "CODESENTINEL_COLLECT_HOST_NAME": self.name,
            "CODESENTINEL_COLLECT_FLUSH_SECONDS": "5",
            "CODESENTINEL_COLLECT_LONGEST_PAUSE_SECONDS": "5",
            "CODESENTINEL_COLLECT_STOP_SECONDS": "300",
        }
        words = [
            "-m",
            "codesentinel",
            "collect",
            "--json",
            "--workspace",
            str(self.root),
            "--to",
            "s3://records/prod",
        ]
        self.collector = subprocess.Popen(
            [*before, sys.executable, *words],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.writer = None

    def is_ready(self):
        """Whether its collector works; fails where that has ended."""
        if self.collector.poll() is not None:
            raise AssertionError(f"{self.name} ended before it began: {self.collector.communicate()}")
        return (self.root / ".codesentinel" / "collect" / "objects").is_dir()

    def begin(self, rate, seconds):
        words = [FOLDER / "writer.py", self.root, self.name, str(rate), str(seconds)]
        self.writer = subprocess.Popen(
            [sys.executable, *words], env=UNMEASURED, stdout=subprocess.PIPE, text=True
        )

    def look(self):
        """Memory and processor time of the collector, while it is there."""
        try:
            fields = Path(f"/proc/{self.collector.pid}/stat").read_text().rpartition(")")[2].split()
            pages = int(Path(f"/proc/{self.collector.pid}/statm").read_text().split()[1])
        except (OSError, IndexError, ValueError):
            return
        self.most_rss = max(self.most_rss, pages * os.sysconf("SC_PAGE_SIZE"))
        self.cpu_seconds = (int(fields[11]) + int(fields[12])) / TICK

    def told(self):
        """What its collector says that it did."""
        said = json.loads(self.collector.communicate(timeout=10)[0])
        assert "data" in said, f"{self.name}: {said}"
        return said["data"]

    def ids(self):
        """Of everything in its log, but for what its collector records of itself."""
        for path in sorted(self.root.glob("docs/domains/*/history.jsonl")):
            if path.parent.name != "collect":
                with path.open("rb") as file:
                    yield from (json.loads(line)["id"] for line in file)

    def end(self):
        for process in (self.writer, self.collector):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()


def stored_ids(store):
    """How often each id stands in the store, by host; those of the collectors' own records left out."""
    found = {}
    for key, (content, _) in store.objects.items():
        if key.endswith(".parquet") and "/domain=collect/" not in key:
            table = parquet.read_table(pa.BufferReader(content), columns=["id"], partitioning=None)
            host = key.partition("host=")[2].partition("/")[0]
            found.setdefault(host, Counter()).update(table.column("id").to_pylist())
    return found


class Cable:
    """Of the first host: pulled between two moments."""

    def __init__(self, net, store, name, cut, tell):
        self.net, self.store, self.name, self.cut, self.tell = net, store, name, cut, tell
        self.is_pulled = False

    def see_to_it(self, passed):
        if (self.cut[0] <= passed < self.cut[1]) != self.is_pulled:
            self.pull(is_pulled=not self.is_pulled)
            self.tell(f"{passed:.0f} s: {self.name} {'loses' if self.is_pulled else 'has'} the store")

    def pull(self, *, is_pulled):
        self.is_pulled = is_pulled
        if self.net:
            self.net.plug(CUT, is_in=not is_pulled)
        self.store.cut_off = {self.name} if is_pulled and not self.net else set()


def all_look(machines, while_true, every):
    while while_true():
        for one in machines:
            one.look()
        time.sleep(every)


def compared(machines, store):
    """Events in the logs, how many of them the store lacks, and how many it has too often."""
    found = stored_ids(store)
    total = missing = twice = 0
    for one in machines:
        counts = found.get(one.name, Counter())
        ids = list(one.ids())
        total += len(ids)
        missing += sum(1 for name in ids if name not in counts)
        twice += sum(count - 1 for count in counts.values())
    return total, missing, twice


def run(*, hosts, rate, seconds, cut, folder, is_net=True, tell=print):
    """What was written, delivered, missing and there twice, and what the collectors took for it."""
    with network(hosts if is_net else 0) as net, s3(net.address if net else "127.0.0.1") as store:
        address = f"http://{net.address if net else '127.0.0.1'}:{store.port}"
        kind = "namespaces" if net else "plain processes"
        tell(f"{hosts} hosts, {kind}, {rate:g} events/s each, {seconds:g} s")
        machines = [Host(folder, n, address, net.inside(n) if net else ()) for n in range(hosts)]
        cable = Cable(net, store, machines[CUT].name, cut, tell)
        try:
            while not all(one.is_ready() for one in machines):
                time.sleep(0.05)
            began = time.monotonic()
            for one in machines:
                one.begin(rate, seconds)

            def write_on():
                cable.see_to_it(time.monotonic() - began)
                return any(one.writer.poll() is None for one in machines)

            all_look(machines, write_on, 0.2)
            cable.pull(is_pulled=False)
            written = [one.writer.communicate()[0].split() for one in machines]
            ended = time.monotonic()
            for one in machines:
                one.collector.send_signal(signal.SIGTERM)
            until = ended + DRAIN_SECONDS
            all_look(
                machines,
                lambda: any(m.collector.poll() is None for m in machines) and time.monotonic() < until,
                0.05,
            )
            told = [one.told() for one in machines]
            drained = time.monotonic() - ended
            total, missing, twice = compared(machines, store)
        finally:
            for one in machines:
                one.end()
    return {
        "namespaces": net is not None,
        "events": total,
        "per_second": total / (ended - began),
        "writers_behind_seconds": max(float(behind) for _, behind in written),
        "missing": missing,
        "twice": twice,
        "retries": sum(one["retries"] for one in told),
        "findings": sum(len(one["findings"]) for one in told),
        "drained_seconds": drained,
        "most_rss_bytes": max(one.most_rss for one in machines),
        "rss_of_cut_bytes": machines[CUT].most_rss,
        "microseconds_an_event": 1e6 * sum(one.cpu_seconds for one in machines) / max(total, 1),
        "objects": len([key for key in store.objects if "/events/" in key]),
        "stored_bytes_an_event": sum(len(one[0]) for one in store.objects.values()) / max(total, 1),
    }


def claims(done, hosts):
    """What is kept for the page."""
    where = f"{hosts} hosts, {done['events']} events, the store cut off for one"
    rate = done["per_second"]
    claim(f"{where}: missing in the store", done["missing"], "events", limit="0")
    claim(f"{where}: there more than once", done["twice"], "events", limit="0")
    claim(f"{where}: written meanwhile", rate, "events/s")
    most = done["most_rss_bytes"] / 2**20
    claim(f"{where}: most memory of a collector", most, "MiB", limit=f"{MOST_RSS_BYTES >> 20} MiB")
    claim(f"{where}: processor time of collecting", done["microseconds_an_event"], "us an event")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--hosts", type=int, default=10)
    parser.add_argument("--rate", type=float, default=1000)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument(
        "--cut", default="60:180", help="from and to which second the first host loses the store"
    )
    wanted = parser.parse_args()
    cut = tuple(float(part) for part in wanted.cut.split(":"))
    with tempfile.TemporaryDirectory() as folder:
        done = run(hosts=wanted.hosts, rate=wanted.rate, seconds=wanted.seconds, cut=cut, folder=Path(folder))
    for name, value in done.items():
        print(f"{name:28} {value:.3f}" if isinstance(value, float) else f"{name:28} {value}")
    claims(done, wanted.hosts)
    is_bounded = done["most_rss_bytes"] < MOST_RSS_BYTES
    held = not done["missing"] and not done["twice"] and not done["findings"] and is_bounded
    print("held: everything is there once, memory bounded" if held else "NOT held")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
