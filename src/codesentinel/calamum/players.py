"""Who plays a part in a release: what is counted of both arms, and an Envoy that splits them."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from codesentinel.model.traffic import Split

if TYPE_CHECKING:
    from collections.abc import Mapping

ARMS = ("baseline", "canary")
_QUERY = re.compile(r'(arm_failed_total|arm_requests_total)\{.*arm="(baseline|canary)".*\}\[(\d+)ms\]')
_SAMPLE_SECONDS = 0.25
_PAST_SECONDS = 400
_A_SAMPLE = (15, 25)
"""Requests that an arm counts between two samples."""
_FAILS, _GOOD = 0.5, 0.01
_PER_SECOND = 200.0


class Arms:
    """What a Prometheus would have counted of both arms, by a seed.

    ``is_bad`` makes every second request to the canary fail from now on; ``is_silent`` hides both.
    """

    def __init__(self, seed: int) -> None:
        self.is_bad = self.is_silent = False
        self._first = int((time.time() - _PAST_SECONDS) / _SAMPLE_SECONDS)
        self._counting = threading.Lock()
        self._chance = {name: random.Random(f"{seed}/{name}") for name in ARMS}  # noqa: S311 - of a test
        self._totals: dict[str, list[tuple[int, int]]] = {name: [(0, 0)] for name in ARMS}

    def answer(self, path: str) -> Any:
        """The document of Prometheus' API for a path."""
        asked = parse_qs(urlsplit(path).query)
        found = _QUERY.search(asked.get("query", [""])[0])
        rows = [self._row(found, float(asked["time"][0]))] if found and not self.is_silent else []
        return {"status": "success", "data": {"resultType": "matrix", "result": rows}}

    def _row(self, found: re.Match[str], now: float) -> Mapping[str, Any]:
        name, arm, window = found[1], found[2], int(found[3]) / 1000
        last = int(now / _SAMPLE_SECONDS) - self._first
        with self._counting:
            totals = self._counted(arm, last)
        column = 0 if name == "arm_requests_total" else 1
        begin = max(int((now - window) / _SAMPLE_SECONDS) - self._first + 1, 0)
        values = [
            [(self._first + number) * _SAMPLE_SECONDS, str(totals[number][column])]
            for number in range(begin, last + 1)
        ]
        return {"metric": {"__name__": name, "arm": arm, "instance": f"{arm}:80"}, "values": values}

    def _counted(self, arm: str, last: int) -> list[tuple[int, int]]:
        """Requests and failures of an arm, by sample, up to the last one."""
        totals, chance = self._totals[arm], self._chance[arm]
        while len(totals) <= last:
            share = _FAILS if self.is_bad and arm == "canary" else _GOOD
            requests = chance.randint(*_A_SAMPLE)
            failed = sum(chance.random() < share for _ in range(requests))
            totals.append((totals[-1][0] + requests, totals[-1][1] + failed))
        return totals


class PlayedEnvoy:
    """Envoy's administration: serves by a route file, and counts so many requests a second by its weights.

    ``deaf`` takes up no new weights, ``lies`` counts as if the canary had half of the traffic.
    """

    def __init__(self, file: str) -> None:
        self.deaf = self.lies = False
        self.history: list[Split] = []
        self._file = file
        self._counts = [0.0, 0.0]
        self._counted_at = time.monotonic()
        self._one = threading.Lock()
        self._take_up()

    def answer(self, path: str) -> Any:
        """The document for a path of the administration."""
        with self._one:
            self._count()
            if not self.deaf:
                self._take_up()
            if path.startswith("/stats"):
                return {"stats": self._stats(path)}
            return {"configs": [{"route_config": routes(self.history[-1])}]}

    def _stats(self, path: str) -> list[Mapping[str, Any]]:
        names = [one for one in ARMS if one in path]
        return [
            {"name": f"cluster.{one}.upstream_rq_total", "value": int(self._counts[ARMS.index(one)])}
            for one in names
        ]

    def _count(self) -> None:
        now = time.monotonic()
        ratio = 0.5 if self.lies else self.history[-1].canary_ratio
        for number, share in enumerate((1 - ratio, ratio)):
            self._counts[number] += (now - self._counted_at) * _PER_SECOND * share
        self._counted_at = now

    def _take_up(self) -> None:
        with open(self._file, encoding="utf-8") as file:
            document = json.load(file)
        clusters = document["resources"][0]["virtual_hosts"][0]["routes"][0]["route"]["weighted_clusters"]
        served = Split(*(one["weight"] for one in clusters["clusters"]))
        if min(served) < 0 or not sum(served):
            return  # refused, as Envoy does
        if not self.history or served != self.history[-1]:
            self.history.append(served)


def routes(served: Split) -> dict[str, Any]:
    """A route configuration of Envoy with these weights."""
    clusters = [{"name": name, "weight": weight} for name, weight in zip(ARMS, served, strict=True)]
    route = {"match": {"prefix": "/"}, "route": {"weighted_clusters": {"clusters": clusters}}}
    return {"name": "release", "virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [route]}]}
