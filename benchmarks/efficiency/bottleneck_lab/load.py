"""Open load that varies: requests come when they come, however long the answers take.

python load.py PORT SEED SHAPE SECONDS
"""

from __future__ import annotations

import http.client
import math
import queue
import random
import sys
import threading
import time

LOW, HIGH = 16.0, 32.0
WORKERS = 64
SHAPES = ("waves", "steps", "ramp", "bursts", "walk")


def rate_of(shape: str, at: float, seconds: float, chance: random.Random, now: list[float]) -> float:
    """Requests a second at a moment; ``now`` holds what the shape remembers."""
    middle, half = (LOW + HIGH) / 2, (HIGH - LOW) / 2
    if shape == "waves":
        return middle + half * math.sin(2 * math.pi * at / 23)
    if shape == "steps":
        return (LOW, HIGH, middle, HIGH, LOW)[min(int(5 * at / seconds), 4)]
    if shape == "ramp":
        return LOW + (HIGH - LOW) * at / seconds
    if shape == "bursts":
        return HIGH if at % 15 > 10 else LOW + 4
    now[0] = min(max(now[0] + chance.gauss(0, 0.6), -half), half)
    return middle + now[0]


def work(port: int, waiting: queue.Queue[float]) -> None:
    while True:
        waiting.get()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("GET", "/order")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()


def main() -> None:
    port, seed, shape, seconds = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], float(sys.argv[4])
    chance = random.Random(seed)
    waiting: queue.Queue[float] = queue.Queue(maxsize=WORKERS)
    for _ in range(WORKERS):
        threading.Thread(target=work, args=(port, waiting), daemon=True).start()
    began, at, now = time.monotonic(), 0.0, [0.0]
    while at < seconds:
        at += chance.expovariate(rate_of(shape, at, seconds, chance, now))
        time.sleep(max(began + at - time.monotonic(), 0.0))
        if not waiting.full():
            waiting.put(at)


if __name__ == "__main__":
    main()
