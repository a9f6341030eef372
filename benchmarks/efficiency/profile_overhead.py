"""What `profile watch` costs the demo service: its throughput while it is sampled, and while it is not.

    python benchmarks/efficiency/profile_overhead.py [--pairs N]

The shop runs alone, two clients ask it as fast as it answers. Windows of 4 s come in pairs, one of them with
the sampler as `profile watch` runs it (3 s at 50 Hz, without blocking, its start and end included), in an
order drawn by lot: what else the machine does hits both alike. The loss within such a window counts for 4 of
every 60 s, since nothing runs in between. Exit status 1 when the upper bound of the overhead is 1% or more.
"""

from __future__ import annotations

import argparse
import http.client
import math
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from codesentinel.capture.profiles.sampler import Asked, sample
from codesentinel.operations.profile.watch import EVERY_SECONDS, RATE_HERTZ, SAMPLE_SECONDS

sys.path.append(str(Path(__file__).resolve().parents[1]))
from claims import Spread, claim

SHOP = Path(__file__).resolve().parents[2] / "examples/shop/app.py"
WINDOW_SECONDS = 4.0
CLIENTS = 2
LIMIT = 0.01


class Load:
    """Clients that ask without a pause, and how many answers they got."""

    def __init__(self, port: int) -> None:
        self.answers = [0] * CLIENTS
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(port, n)) for n in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def _ask(self, port: int, number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        while not self._stop.is_set():
            connection.request("GET", "/products")
            connection.getresponse().read()
            self.answers[number] += 1
        connection.close()

    def during(self, seconds: float, sampler: Asked | None) -> tuple[float, float]:
        """Answers a second in a window, and the CPU time that the sampler took in it."""
        used: list[float] = []
        began, before = time.monotonic(), sum(self.answers)
        if sampler:
            used.append(sample(sampler).sampler_cpu_seconds or 0.0)
        time.sleep(max(began + seconds - time.monotonic(), 0.0))
        return (sum(self.answers) - before) / (time.monotonic() - began), sum(used)

    def stop(self) -> None:
        """End the clients."""
        self._stop.set()
        for thread in self._threads:
            thread.join()


def started() -> tuple[subprocess.Popen[bytes], int]:
    """The shop, ready to answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    shop = subprocess.Popen([sys.executable, str(SHOP), "--port", str(port)], stderr=subprocess.DEVNULL)
    for _ in range(400):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/products")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            return shop, port
    shop.kill()
    raise SystemExit("the shop does not answer")


def measured(load: Load, pid: int, pairs: int) -> tuple[list[float], list[float]]:
    """Logarithms of throughput with over throughput without, and the sampler's CPU seconds, pair by pair."""
    rng = random.Random(5)
    asked = Asked(pid=pid, duration_seconds=SAMPLE_SECONDS, rate_hertz=RATE_HERTZ, blocking=False)
    ratios, used = [], []
    for number in range(pairs + 1):
        first = rng.random() < 0.5
        found = {}
        for sampled in (first, not first):
            found[sampled] = load.during(WINDOW_SECONDS, asked if sampled else None)
        if number:  # the first pair warms up
            ratios.append(math.log(found[True][0] / found[False][0]))
            used.append(found[True][1])
    return ratios, used


def main() -> int:
    """Print the overhead with its interval."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=30)
    args = parser.parse_args()
    shop, port = started()
    load = Load(port)
    try:
        ratios, used = measured(load, shop.pid, args.pairs)
    finally:
        load.stop()
        shop.terminate()
        shop.wait()
    mean = statistics.fmean(ratios)
    half = 2.05 * statistics.stdev(ratios) / math.sqrt(len(ratios))  # Student's t, about 30 pairs
    duty = WINDOW_SECONDS / EVERY_SECONDS
    loss = [-math.expm1(one) for one in (mean, mean + half, mean - half)]
    print(f"while sampled: {loss[0]:+.2%} of the throughput lost (95% {loss[1]:+.2%} to {loss[2]:+.2%})")
    print(
        f"continuous mode, {SAMPLE_SECONDS:g} s of every {EVERY_SECONDS:g} s: {loss[0] * duty:+.3%} "
        f"(95% {loss[1] * duty:+.3%} to {loss[2] * duty:+.3%}), limit {LIMIT:.0%}"
    )
    claim(
        "throughput lost to `profile watch`",
        loss[0] * duty,
        "%",
        spread=Spread(loss[1] * duty, loss[2] * duty),
        limit=f"under {LIMIT:.0%}",
    )
    print(f"the sampler itself: {statistics.fmean(used) / EVERY_SECONDS:.2%} of one core; {args.pairs} pairs")
    return 0 if loss[2] * duty < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
