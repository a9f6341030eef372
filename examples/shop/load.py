"""Gentle load for the shop: a fixed rate of requests, whatever the answers, until SIGTERM.

python load.py --url http://127.0.0.1:8710 --rate 20
"""

from __future__ import annotations

import argparse
import json
import queue
import random
import signal
import threading
import time

import urllib3

ROUTES = (
    ("GET", "/", 3),
    ("GET", "/products", 4),
    ("GET", "/products/{product}", 10),
    ("GET", "/products/999", 1),
    ("POST", "/checkout", 2),
)
WORKERS = 16
TIMEOUT_SECONDS = 10.0


def work(url: str, waiting: queue.Queue[tuple[str, str, int]]) -> None:
    """Send what is waiting; an answer that never comes is the server's shame, not ours."""
    pool = urllib3.PoolManager(retries=False, timeout=TIMEOUT_SECONDS)
    while True:
        method, route, product = waiting.get()
        body = json.dumps({"product_id": product, "quantity": 1}) if method == "POST" else None
        try:
            pool.request(method, url + route.format(product=product), body=body)
        except urllib3.exceptions.HTTPError:
            time.sleep(0.2)


def main() -> None:
    """Offer ``--rate`` requests a second; those that find every worker busy are dropped."""
    parser = argparse.ArgumentParser(description="Gentle load for the demo shop.")
    parser.add_argument("--url", default="http://127.0.0.1:8710")
    parser.add_argument("--rate", type=float, default=20.0, help="requests a second (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    stopping: list[int] = []  # an Event set by a signal handler could wait for a lock that we hold ourselves
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _: stopping.append(received))
    waiting: queue.Queue[tuple[str, str, int]] = queue.Queue(maxsize=WORKERS)
    for _ in range(WORKERS):
        threading.Thread(target=work, args=(options.url.rstrip("/"), waiting), daemon=True).start()
    chance = random.Random(options.seed)  # noqa: S311
    while not stopping:
        time.sleep(chance.expovariate(options.rate))
        method, route, _ = chance.choices(ROUTES, [weight for *_, weight in ROUTES])[0]
        if not waiting.full():
            waiting.put((method, route, chance.randint(1, 40)))


if __name__ == "__main__":
    main()
