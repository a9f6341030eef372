"""A real VictoriaMetrics for tests, and what it holds."""

from __future__ import annotations

import base64
import contextlib
import json
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, NamedTuple

from servers import eventually, free_port, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Storage(NamedTuple):
    """Where it answers."""

    url: str
    user: str = ""
    """Name and password, where it asks for them."""

    def get(self, path: str) -> bytes:
        """The body that answers."""
        request = urllib.request.Request(f"{self.url}{path}")
        if self.user:
            request.add_header("Authorization", f"Basic {base64.b64encode(self.user.encode()).decode()}")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def rows(self, selector: str) -> list[dict[str, object]]:
        """The series that match, as ``{metric, values, timestamps}``, by their labels."""
        self.get("/internal/force_flush")
        query = urllib.parse.urlencode({"match[]": selector})
        lines = self.get(f"/api/v1/export?{query}").splitlines()
        rows = [json.loads(line, parse_int=float) for line in lines]
        return sorted(rows, key=lambda row: sorted(row["metric"].items()))

    def holds(self, selector: str, series: int = 1) -> list[dict[str, object]]:
        """The same once so many series are there: a new one is found a moment after it was written."""
        return eventually(lambda: len(rows := self.rows(selector)) >= series and rows, within=30)


@contextlib.contextmanager
def victoria_metrics(folder: Path, *options: str, user: str = "") -> Iterator[Storage]:
    """Run one with the flags of our stack, and these, until the block ends."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    flags = (
        f"-httpListenAddr=127.0.0.1:{port}",
        f"-storageDataPath={folder}",
        "-retentionPeriod=1200",
        "-dedup.minScrapeInterval=1ms",
        "-search.latencyOffset=0s",
        *options,
    )
    with serving("victoria-metrics", flags, f"{url}/health"):
        yield Storage(url, user)
