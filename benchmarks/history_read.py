"""Thirty days of 1,000 series at five minutes, 8.64 million points, from a real VictoriaMetrics into numpy.

    python benchmarks/history_read.py [--rounds 3] [--series 1000] [--quick]

Ours against plain `query_range` with `json`, and against prometheus-api-client (fetched into a cache, and
left out where it cannot be). Each method runs in a process of its own, in turn, so that a slow moment hits
them all; the best of the rounds counts. Memory is what the process grew by at its peak (VmHWM, reset after
its imports), against the size of the arrays, 16 bytes a point. A tenth of the series is read from a real
Prometheus, too. Values must be those that were written, within 1e-11.

Exit status 1 when ours is less than 5 times as fast as either peer, or takes more than 3 times the arrays.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from claims import claim
from history_methods import METHODS

from codesentinel.act import components
from codesentinel.act.history import import_series
from codesentinel.model.errors import CodesentinelError
from codesentinel.model.series import Series

if TYPE_CHECKING:
    from collections.abc import Iterator

CACHE = Path("~/.cache/codesentinel").expanduser()
STEP = 300
POINTS = 8640
LEAST_FASTER = 5.0
MOST_MEMORY = 3.0
PEERS = ("json query_range", "prometheus-api-client")
PEER_PACKAGE = "prometheus-api-client"
RTOL = 1e-11


class Result(NamedTuple):
    """Of one run of a method."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    points: int
    is_right: bool


def main() -> int:
    """Print the tables; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--series", type=int, default=1000)
    parser.add_argument(
        "--quick", action="store_true", help="20 series, one round, no limits, no peers fetched"
    )
    args = parser.parse_args()
    count, rounds = (20, 1) if args.quick else (args.series, args.rounds)
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder), count)
        with victoria(history) as url:
            print(f"VictoriaMetrics, {count} series, {count * POINTS / 1e6:.2f} million points")
            python = None if args.quick else peer_python()
            results = measured(history, url, python, rounds)
        missed += judged(results)
        few = History(Path(folder) / "few", max(count // 10, 2))
        with prometheus(few) as url:
            print(f"Prometheus, {few.count} series, {few.count * POINTS / 1e6:.2f} million points")
            missed += wrong(measured(few, url, None, rounds))
    if args.quick:
        missed = [line for line in missed if "wrong" in line]
    print(f"missed: {'; '.join(missed) or 'none'}")
    return 1 if missed else 0


class History:
    """What is written, kept in a file for the processes that check what they have read."""

    def __init__(self, folder: Path, count: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.count = folder, count
        self.end = int(time.time()) // STEP * STEP - 2 * 3600
        self.start = self.end - STEP * (POINTS - 1)
        self.times = (self.start + STEP * np.arange(POINTS)).astype(float)
        steps = np.random.default_rng(7).standard_normal((count, POINTS))
        self.values = 10_000 + np.cumsum(steps, axis=1)  # a storage keeps 12 digits of the largest in a block
        self.file = folder / "values.npy"
        np.save(self.file, self.values)

    def labels(self, index: int) -> dict[str, str]:
        """As a node exporter's series have them."""
        return {"__name__": "bench", "n": str(index), "instance": f"host-{index:04}:9100", "job": "node"}


def measured(history: History, url: str, peers: Path | None, rounds: int) -> dict[str, Result]:
    """The best of the rounds for each method, printed beside the fastest."""
    best: dict[str, Result] = {}
    for _ in range(rounds):
        for name in METHODS:
            if name == PEER_PACKAGE and peers is None:
                continue
            result = run(name, history, url, peers if name == PEER_PACKAGE else Path(sys.executable))
            if name not in best or result.seconds < best[name].seconds:
                best[name] = result
    ours = best["ours, stored samples"]
    arrays = history.count * POINTS * 16
    head = ("seconds", "CPU", "Mpoint/s", "times ours", "peak MB", "of arrays")
    print(f"  {'':24} {head[0]:>8} {head[1]:>6} {head[2]:>9} {head[3]:>11} {head[4]:>8} {head[5]:>10}")
    for name, one in best.items():
        print(
            f"  {name:24} {one.seconds:8.2f} {one.cpu_seconds:6.2f} {one.points / one.seconds / 1e6:9.2f}"
            f" {one.seconds / ours.seconds:11.1f} {one.peak_bytes / 1e6:8.0f} {one.peak_bytes / arrays:10.2f}"
        )
    points = f"{history.count * POINTS / 1e6:.2f} million points into numpy"
    for name in PEERS:
        if name in best and name != "ours, stored samples":
            claim(
                points,
                ours.seconds,
                "s",
                peer=name,
                theirs=best[name].seconds,
                limit=f"at most {1 / LEAST_FASTER:g}x",
            )
    claim(
        "memory that takes, in sizes of the arrays",
        ours.peak_bytes / arrays,
        "x",
        limit=f"at most {MOST_MEMORY}",
    )
    return best


def run(name: str, history: History, url: str, python: Path) -> Result:
    """One method in a process of its own."""
    asked = {
        "url": url,
        "start": history.start,
        "end": history.end,
        "step": STEP,
        "values": str(history.file),
    }
    command = [str(python), str(Path(__file__).with_name("history_methods.py")), name, json.dumps(asked)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} failed: {done.stderr.strip().splitlines()[-1]}")
    found = json.loads(done.stdout)
    is_right = found["points"] == history.count * POINTS and found["worst"] <= RTOL
    return Result(found["seconds"], found["cpu_seconds"], found["peak_bytes"], found["points"], is_right)


def judged(results: dict[str, Result]) -> list[str]:
    """What was missed."""
    ours = results["ours, stored samples"]
    missed = wrong(results)
    for peer in PEERS:
        ratio = results[peer].seconds / ours.seconds if peer in results else LEAST_FASTER
        if ratio < LEAST_FASTER:
            missed.append(f"{ratio:.1f} times as fast as {peer}, not {LEAST_FASTER:g}")
    arrays = ours.points * 16
    for name, one in results.items():
        if name.startswith("ours") and one.peak_bytes > MOST_MEMORY * arrays:
            missed.append(f"{name}: {one.peak_bytes / arrays:.1f} times the memory of the arrays")
    return missed


def wrong(results: dict[str, Result]) -> list[str]:
    """Methods that read other values than were written."""
    return [f"{name}: wrong values" for name, one in results.items() if not one.is_right]


@contextlib.contextmanager
def victoria(history: History) -> Iterator[str]:
    """A VictoriaMetrics that holds the history."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    options = [
        f"-storageDataPath={history.folder / 'vm'}",
        f"-httpListenAddr=127.0.0.1:{port}",
        "-loggerLevel=ERROR",
        "-search.latencyOffset=0s",
    ]
    with serving("victoria-metrics", options, f"{url}/health"):
        series = (Series(history.labels(i), history.times, history.values[i]) for i in range(history.count))
        import_series(url, series, timeout_seconds=120)
        for path in ("/internal/force_flush", "/internal/force_merge"):
            urllib.request.urlopen(url + path, timeout=120).read()
        time.sleep(3)
        yield url


@contextlib.contextmanager
def prometheus(history: History) -> Iterator[str]:
    """A Prometheus that starts on blocks of the history."""
    folder, port = history.folder, free_port()
    with (folder / "samples").open("w") as file:
        file.write("# TYPE bench gauge\n")
        for index in range(history.count):
            labels = ",".join(f'{k}="{v}"' for k, v in history.labels(index).items() if k != "__name__")
            pairs = zip(history.times.tolist(), history.values[index].tolist(), strict=True)
            file.writelines(f"bench{{{labels}}} {value!r} {int(at)}\n" for at, value in pairs)
        file.write("# EOF\n")
    promtool = found("prometheus").path.with_name("promtool")
    words = ["tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=360h"]
    subprocess.run([promtool, *words, folder / "samples", folder / "data"], check=True, capture_output=True)
    (folder / "prometheus.yml").write_text("global: {}\n")
    options = [
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        "--storage.tsdb.retention.time=90d",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    url = f"http://127.0.0.1:{port}"
    with serving("prometheus", options, f"{url}/-/ready"):
        yield url


@contextlib.contextmanager
def serving(name: str, options: list[str], ready_url: str) -> Iterator[int]:
    """Run a server until the block ends; its process id."""
    program = found(name)
    process = subprocess.Popen(
        [str(program.path), *options], cwd=program.cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(ready_url, timeout=5).read()
                break
            if time.monotonic() > end:
                raise SystemExit(f"{name} does not become ready")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def found(name: str) -> components.Program:
    """A server's program, fetched on first use."""
    program = components.find(name, cache=CACHE / "components")
    if program is None:
        components.fetch([name], cache=CACHE / "components", tell=print)
        program = components.find(name, cache=CACHE / "components")
    if program is None:
        raise CodesentinelError(f"{name} could not be fetched")
    return program


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def peer_python() -> Path | None:
    """A Python with prometheus-api-client, in a cache of its own."""
    home = CACHE / "peers-history"
    python = home / "bin" / "python"
    if not list(home.glob("lib/*/site-packages/numpy")):
        uv = Path(sys.executable).with_name("uv")
        steps = (
            [uv, "venv", "-q", home],
            [uv, "pip", "install", "-q", "--python", python, PEER_PACKAGE, "numpy"],
        )
        if any(subprocess.run(step, check=False, capture_output=True).returncode for step in steps):
            print(f"{PEER_PACKAGE} could not be fetched, and is left out")
            return None
    return python


if __name__ == "__main__":
    sys.exit(main())
