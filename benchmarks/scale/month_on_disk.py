"""Bytes a sample on disk, and what reading one costs: a host's own series, for a month at fifteen seconds.

    python benchmarks/scale/month_on_disk.py [--days 30] [--series 60] [--quick]

The series are this machine's (see host.py), watched for two minutes; the month is drawn from what they did
in that time: increments of counters and values of gauges, in blocks. Constant and changing series are stored
apart, in a VictoriaMetrics each, merged, and weighed when it has stopped; the same in one that keeps a sample
in five minutes, and in blocks that promtool makes for Prometheus. Read is the average of each one's last day.

Exit status 1 when a sample that was sent is not there.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from host import Host, folder_bytes, read_host, temporary

from codesentinel.act.history import import_series
from codesentinel.model.series import Series

sys.path.append(str(Path(__file__).parents[1]))
from history_read import found, free_port, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

STEP = 15
THINNED_SECONDS = 300
DAY = 86400


class Stored(NamedTuple):
    """What a storage made of so many samples."""

    sent: int
    kept: int
    bytes: int
    read_ns: float


def main() -> int:
    """Print the table; 1 when samples are missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--series", type=int, default=60, help="of each kind (default: 60)")
    parser.add_argument("--quick", action="store_true", help="one day of four series of each kind")
    args = parser.parse_args()
    days, count = (1, 4) if args.quick else (args.days, args.series)
    host = read_host(3 if args.quick else 120)
    share = host.changing.mean()
    times = time.time() // STEP * STEP - 2 * 3600 - STEP * np.arange(days * DAY // STEP)[::-1]
    print(f"{share:.0%} of {len(host.labels)} series change; {days} days, {count} series of each kind")
    print(f"{'':<44}{'samples':>10}{'kept':>10}{'bytes/sample sent':>19}{'ns to read one':>16}")
    missing, weights = [], {}
    for kind, chosen in {"constant": ~host.changing, "changing": host.changing}.items():
        series = list(month(host, np.flatnonzero(chosen), count, times))
        for name, one in stored(series, float(times[-1])):
            weights[kind, name] = one.bytes / one.sent
            weight = one.bytes / one.sent
            print(f"{kind + ', ' + name:<44}{one.sent:>10}{one.kept:>10}{weight:>19.3f}{one.read_ns:>16.1f}")
            expected = one.sent * STEP / THINNED_SECONDS if "5 min" in name else one.sent
            if not expected <= one.kept <= expected + len(series):
                missing.append(f"{kind}, {name}: {one.kept} of {one.sent}")
    for name in dict.fromkeys(name for _, name in weights):
        mixed = share * weights["changing", name] + (1 - share) * weights["constant", name]
        print(f"a host's mixture, {name}: {mixed:.3f} bytes a sample sent")
    print(f"missing: {'; '.join(missing) or 'nothing'}")
    return 1 if missing else 0


def month(host: Host, indices: np.ndarray, count: int, times: np.ndarray, seed: int = 3) -> Iterator[Series]:
    """Some of the host's series over these times."""
    chance = np.random.default_rng(seed)
    for index in indices[np.linspace(0, len(indices) - 1, min(count, len(indices))).astype(int)]:
        seen = host.values[:, index]
        steps = np.diff(seen)
        if not steps.any():
            values = np.full(len(times), seen[0])
        elif (steps >= 0).all():
            starts = chance.integers(0, max(len(steps) - STEP, 1), len(times))
            sums = np.concatenate(([0.0], np.cumsum(steps)))
            values = seen[0] + np.cumsum(sums[np.minimum(starts + STEP, len(steps))] - sums[starts])
        else:
            starts = chance.integers(0, len(seen), len(times) // 40 + 1)
            values = seen[(starts[:, None] + np.arange(40)).ravel()[: len(times)] % len(seen)]
        was = host.labels[index]
        labels = {**was, "__name__": "scale", "was": was["__name__"], "instance": "h000000:9100"}
        yield Series(labels, times, values)


def stored(series: list[Series], end: float) -> Iterator[tuple[str, Stored]]:
    """The same samples in each storage."""
    sent = sum(len(one.times) for one in series)
    for name, dedup in (("VictoriaMetrics", "1ms"), ("VictoriaMetrics, one in 5 min", f"{THINNED_SECONDS}s")):
        with temporary() as folder:
            port = free_port()
            url = f"http://127.0.0.1:{port}"
            words = [
                f"-httpListenAddr=127.0.0.1:{port}", f"-storageDataPath={folder}", "-retentionPeriod=13",
                f"-dedup.minScrapeInterval={dedup}", "-search.latencyOffset=0s",
            ]  # fmt: skip
            with serving("victoria-metrics", words, f"{url}/health"):
                import_series(url, series, timeout_seconds=300)
                urllib.request.urlopen(f"{url}/internal/force_flush", timeout=300).close()
                urllib.request.urlopen(f"{url}/internal/force_merge", timeout=300).close()
                _wait_for_merges(url)
                kept = _count(url, end, len(series[0].times) * STEP)
                read = _read_ns(url, end, min(DAY, len(series[0].times) * STEP), dedup)
            yield name, Stored(sent, kept, folder_bytes(Path(folder) / "data"), read)
    with temporary() as folder:
        yield "Prometheus", _in_prometheus(series, end, Path(folder))


def _wait_for_merges(url: str) -> None:
    """Until no part is being merged, three times in a row."""
    quiet = 0
    while quiet < 3:
        time.sleep(0.5)
        text = urllib.request.urlopen(f"{url}/metrics", timeout=60).read().decode()
        merging = [line for line in text.splitlines() if line.startswith("vm_active_merges{")]
        quiet = quiet + 1 if all(line.endswith(" 0") for line in merging) else 0


def _ask(url: str, query: str, at: float) -> tuple[float, list[dict[str, list[str]]]]:
    began = time.perf_counter()
    asked = urllib.parse.urlencode({"query": query, "time": at, "nocache": 1, "timeout": "5m"})
    with urllib.request.urlopen(f"{url}/api/v1/query?{asked}", timeout=300) as answer:
        rows = json.load(answer)["data"]["result"]
    return time.perf_counter() - began, rows


def _count(url: str, end: float, seconds: int) -> int:
    _, rows = _ask(url, f'sum(count_over_time({{instance="h000000:9100"}}[{seconds}s]))', end)
    return int(float(rows[0]["value"][1]))


def _read_ns(url: str, end: float, seconds: int, dedup: str) -> float:
    """The best of three, a sample; ``dedup`` only says how many there are."""
    query = f'sum(avg_over_time({{instance="h000000:9100"}}[{seconds}s]))'
    best = min(_ask(url, query, end)[0] for _ in range(3))
    series = float(_ask(url, 'count({instance="h000000:9100"})', end)[1][0]["value"][1])
    step = THINNED_SECONDS if dedup.startswith(str(THINNED_SECONDS)) else STEP
    return 1e9 * best / (series * seconds / step)


def _in_prometheus(series: list[Series], end: float, folder: Path) -> Stored:
    """By way of promtool, in blocks of a day."""
    text, blocks = folder / "month.om", folder / "blocks"
    with text.open("w") as file:
        for one in series:
            labels = ",".join(f"{k}={json.dumps(v)}" for k, v in one.labels.items() if k != "__name__")
            pairs = zip(one.times.tolist(), one.values.tolist(), strict=True)
            file.writelines(f"scale{{{labels}}} {value!r} {at:.0f}\n" for at, value in pairs)
        file.write("# EOF\n")
    promtool = found("prometheus").path.with_name("promtool")
    words = ["tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=24h", str(text), str(blocks)]
    done = subprocess.run([str(promtool), *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-500:])
    text.unlink()
    size, sent = folder_bytes(blocks), sum(len(one.times) for one in series)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    config = folder / "prometheus.yml"
    config.write_text("")
    words = [
        f"--config.file={config}", f"--storage.tsdb.path={blocks}", f"--web.listen-address=127.0.0.1:{port}",
        "--storage.tsdb.retention.time=3000d", "--query.max-samples=500000000",
    ]  # fmt: skip
    with serving("prometheus", words, f"{url}/-/ready"):
        kept = _count(url, end, len(series[0].times) * STEP)
        return Stored(sent, kept, size, _read_ns(url, end, min(DAY, len(series[0].times) * STEP), "1ms"))


if __name__ == "__main__":
    sys.exit(main())
