"""Load that knows what it sent: many connections at once, kept alive, and each answer counted.

python exact_load.py --url http://127.0.0.1:8000 --requests 5000 --connections 8 \
    --send 10 GET '/orders/{n}' '/orders/{order_id}' --send 1 GET '/none/{n}' unmatched

Each --send is a weight, a method, a path, and the route that the service is expected to count it under;
{n} in a path becomes a number, {word} a word that hardly comes twice. Prints one JSON document: how many
requests of each route, method and status were answered, how many were not answered in full, and the rate.
No request is repeated, for it could have been counted.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import sys
import threading
import time
from collections import Counter
from typing import NamedTuple
from urllib.parse import urlsplit

NUMBERS = 1200
SERVER_ERROR = 500
TIMEOUT_SECONDS = 60.0


class Kind(NamedTuple):
    """One kind of request."""

    weight: float
    method: str
    path: str
    route: str


class Load:
    """What is to be sent, and what came back."""

    def __init__(self, address: str, kinds: list[Kind]) -> None:
        self.address = address
        self.kinds = kinds
        self.answered: Counter[tuple[str, str, int]] = Counter()
        self.unanswered: list[str] = []
        self.counting = threading.Lock()

    def send(self, requests: int, seed: int) -> None:
        """Send so many over one connection.

        It is opened anew where the server says that it closes it, and after an error of the server, which
        may close it without a word.
        """
        chance = random.Random(seed)  # noqa: S311
        weights = [kind.weight for kind in self.kinds]
        connection = http.client.HTTPConnection(self.address, timeout=TIMEOUT_SECONDS)
        answered: Counter[tuple[str, str, int]] = Counter()
        for kind in chance.choices(self.kinds, weights, k=requests):
            body = b'{"quantity": 1}' if kind.method in ("POST", "PUT", "PATCH") else None
            try:
                connection.request(kind.method, filled(kind.path, chance), body)
                answer = connection.getresponse()
                answer.read()
                if answer.status >= SERVER_ERROR:
                    connection.close()
            except (OSError, http.client.HTTPException) as exc:
                self.unanswered.append(f"{kind.method} {kind.path}: {exc!r}")
                connection.close()
            else:
                answered[kind.route, kind.method, answer.status] += 1
        connection.close()
        with self.counting:
            self.answered.update(answered)

    def run(self, requests: int, connections: int, seed: int) -> float:
        """Send all of it; how many seconds that took."""
        shares = [requests // connections + (n < requests % connections) for n in range(connections)]
        threads = [
            threading.Thread(target=self.send, args=(share, seed + n)) for n, share in enumerate(shares)
        ]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.monotonic() - began


def filled(path: str, chance: random.Random) -> str:
    """The path with its places filled."""
    number, word = chance.randrange(NUMBERS), f"{chance.getrandbits(64):016x}"
    return path.replace("{n}", str(number)).replace("{word}", word)


def main() -> int:
    """Send, and say what was answered; 1 when something was not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", required=True)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--send", nargs=4, action="append", required=True, metavar=("WEIGHT", "METHOD", "PATH", "ROUTE")
    )
    options = parser.parse_args()
    kinds = [Kind(float(weight), *words) for weight, *words in options.send]
    load = Load(urlsplit(options.url).netloc, kinds)
    seconds = load.run(options.requests, options.connections, options.seed)
    answered = [
        {"route": route, "method": method, "status": status, "count": count}
        for (route, method, status), count in sorted(load.answered.items())
    ]
    rate = options.requests / seconds
    lost = {"unanswered": len(load.unanswered), "for_example": load.unanswered[:3]}
    print(json.dumps({"answered": answered, **lost, "per_second": round(rate, 1)}))
    return 1 if load.unanswered else 0


if __name__ == "__main__":
    sys.exit(main())
