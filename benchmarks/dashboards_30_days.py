"""System Overview over 30 days: a real VictoriaMetrics with 2,000 series, recordings among them.

    python benchmarks/dashboards_30_days.py [--series 2000] [--days 30] [--interval 60] [--rounds 5] [--quick]

Everything the page asks (panels, variables, annotations), with the steps that Grafana would choose for panels
of their width, six queries at once as a browser sends them, and no cache of results. Beside it the same page
on raw queries: each recording replaced by what it records, over Grafana's windows; for uptime by the
average of `up` alone, which is cheaper than what is recorded. Both are asked in turn, so that a slow moment
hits both; the best of the rounds counts. CPU is the server's own, whatever else the machine does.

The recordings are computed by the server from the rules' own expressions, at their own intervals.
Exit status 1 when the page on recordings takes a second or more.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import tempfile
import time
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import urllib3
from claims import claim
from history_read import free_port, serving
from month_of_metrics import month, others

from codesentinel.act.history import import_series
from codesentinel.mixin.catalog.overview import UPTIME
from codesentinel.mixin.rule import Recording
from codesentinel.mixin.rules import groups
from codesentinel.mixin.timing import PRODUCTION
from codesentinel.model.series import Series

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[1] / "infrastructure/grafana/dashboards/system-overview.json"
RECORDED = re.compile(r"(\w+:\w+:\w+)(\{[^}]*\})?")
MOST_SECONDS = 1.0
AT_ONCE = 6
PIXELS = 1600  # of the page; a panel asks for a point a pixel
STEPS = (60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
DAY = 86400


class Asked(NamedTuple):
    """One query of the page; ``step`` is 0 for one moment."""

    panel: str
    expr: str
    step: int


class Page(NamedTuple):
    """How long a page took, each of its queries, and what the server worked for it."""

    seconds: float
    queries: dict[str, float]
    cpu_seconds: float


def main() -> int:
    """Print the table; 1 when the page takes too long."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--series", type=int, default=2000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--interval", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one day, two rounds; judge nothing")
    words = parser.parse_args()
    if words.quick:
        words.days, words.rounds = 1, 2
    end = int(time.time()) // 3600 * 3600
    with tempfile.TemporaryDirectory(prefix="codesentinel-bench-") as folder:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        options = [
            f"-storageDataPath={folder}",
            f"-httpListenAddr=127.0.0.1:{port}",
            "-retentionPeriod=12",
            "-loggerLevel=ERROR",
            "-search.latencyOffset=0s",
            "-search.maxPointsPerTimeseries=200000",
        ]
        with serving("victoria-metrics", options, f"{url}/health") as pid:
            store = Store(url, pid, end - words.days * DAY, end, words.interval)
            store.fill(words.series)
            return measured(store, words.rounds, judge=not words.quick)


class Store:
    """The server, and the time that it holds."""

    def __init__(self, url: str, pid: int, start: int, end: int, interval: int) -> None:
        self._pid = pid
        self.url, self.start, self.end, self.interval = url, start, end, interval
        self._pool = urllib3.PoolManager(maxsize=AT_ONCE, timeout=600)

    def fill(self, series: int) -> None:
        """Write raw series, their recordings, and others until there are as many as were asked for."""
        began = time.monotonic()
        times = np.arange(self.start, self.end + 1, self.interval, dtype=float)
        samples = self._write(month(times))
        recorded = 0
        for rule, interval in recordings():
            found = list(self._recorded(rule, interval or self.interval))
            recorded += len(found)
            samples += self._write(iter(found))
        samples += self._write(others(times, max(series - self._live(), 0)))
        patience = time.monotonic() + 60
        while self._live() < series and time.monotonic() < patience:  # new names are found a little later
            time.sleep(1)
        print(
            f"{self._live()} series live at the end, {recorded} of them recorded, {samples / 1e6:.1f} million"
            f" samples, one each {self.interval} s; written in {time.monotonic() - began:.0f} s"
        )

    def ask(self, asked: Asked) -> list[Any]:
        """The result of a query, over all the time or at its end."""
        range_ = {"start": self.start, "end": self.end, "step": asked.step}
        moment = {"time": self.end}
        path = "query_range" if asked.step else "query"
        fields = {"query": asked.expr, "nocache": 1, **(range_ if asked.step else moment)}
        answer = self._pool.request(
            "POST", f"{self.url}/api/v1/{path}", fields=fields, encode_multipart=False
        )
        document = json.loads(answer.data)
        if document["status"] != "success":
            raise SystemExit(f"{asked.panel}: {asked.expr}: {document}")
        result: list[Any] = document["data"]["result"]
        return result

    def page(self, asked: list[Asked]) -> Page:
        """Ask everything, six queries at once."""
        took: dict[str, float] = {}

        def one(query: Asked) -> None:
            began = time.perf_counter()
            if not self.ask(query) and "ALERTS" not in query.expr:
                raise SystemExit(f"{query.panel} is empty: {query.expr}")
            took[query.panel] = took.get(query.panel, 0.0) + time.perf_counter() - began

        worked, began = self._cpu(), time.perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(one, asked))
        return Page(time.perf_counter() - began, took, self._cpu() - worked)

    def _recorded(self, rule: Recording, interval: float) -> Iterator[Series]:
        """What a rule records, day by day."""
        found: dict[str, tuple[dict[str, str], list[Any]]] = {}
        for start in range(self.start, self.end, DAY):
            fields = {
                "query": rule.expr,
                "start": start,
                "end": start + DAY - 1,
                "step": interval,
                "nocache": 1,
            }
            body = urllib.parse.urlencode(fields).encode()
            with urllib.request.urlopen(f"{self.url}/api/v1/query_range", body, timeout=600) as answer:
                document = json.load(answer)
            for row in document["data"]["result"]:
                labels = {**row["metric"], "__name__": rule.record}
                found.setdefault(json.dumps(labels, sort_keys=True), (labels, []))[1].extend(row["values"])
        for labels, values in found.values():
            points = np.array(values, dtype=float)
            kept = points[np.isfinite(points[:, 1])]
            yield Series(labels, kept[:, 0].copy(), kept[:, 1].copy())

    def _write(self, series: Iterator[Series]) -> int:
        """How many samples there were; they can be asked for now."""
        written = import_series(self.url, series, timeout_seconds=600)
        for path in ("/internal/force_flush", "/internal/force_merge"):
            urllib.request.urlopen(self.url + path, timeout=600).read()
        time.sleep(1)
        return written

    def _live(self) -> int:
        rows = self.ask(Asked("", 'count({__name__!=""})', 0))
        return int(rows[0]["value"][1])

    def _cpu(self) -> float:
        fields = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def recordings() -> list[tuple[Recording, float | None]]:
    """The rules that the page reads, and those that these read, each after what it reads."""
    rules = {
        rule.record: (rule, group.interval_seconds)
        for group in groups(PRODUCTION)
        for rule in group.rules
        if isinstance(rule, Recording)
    }
    wanted: dict[str, None] = {}

    def want(text: str) -> None:
        for name, _ in RECORDED.findall(text):
            if name in rules and name not in wanted:
                want(rules[name][0].expr)
                wanted[name] = None

    want(PAGE.read_text())
    return [rules[name] for name in wanted]


def queries(store: Store) -> tuple[list[Asked], list[Asked]]:
    """All that the page asks, on recordings and on raw series."""
    page = json.loads(PAGE.read_text())
    span = store.end - store.start
    raw = {rule.record: rule.expr for rule, _ in recordings()}
    recorded, unrecorded = [], []
    for panel in page["panels"]:
        points = PIXELS * panel["gridPos"]["w"] // 24
        for target in panel.get("targets", ()):
            step = (
                0 if target["instant"] else next(s for s in STEPS if s >= max(span / points, store.interval))
            )
            window = max(step + store.interval, 4 * store.interval)
            for text, found in ((target["expr"], recorded), (unfolded(target["expr"], raw), unrecorded)):
                filled = text.replace("$__rate_interval", f"{window}s").replace("$__range", f"{span}s")
                found.append(Asked(panel["title"], filled.replace("$environment", ".*"), step))
    for annotation in page["annotations"]["list"]:
        both = Asked(f"marks: {annotation['name']}", annotation["target"]["expr"], 3600)
        if "ALERTS" in both.expr:
            recorded.append(both)
            unrecorded.append(both)
    return recorded, unrecorded


def unfolded(text: str, raw: dict[str, str]) -> str:
    """With every recording replaced by what it records, over Grafana's window."""

    def replaced(match: re.Match[str]) -> str:
        if match[1] == UPTIME:
            return "up"
        return f"({unfolded(raw[match[1]], raw)})"

    expr = RECORDED.sub(replaced, text)
    return re.sub(r"\[(\d+[smh])\]", "[$__rate_interval]", expr).replace(
        "by (service) (avg_over_time", "by (job) (avg_over_time"
    )


def measured(store: Store, rounds: int, *, judge: bool) -> int:
    """Ask both pages in turn, print both, and say whether ours is quick enough."""
    pages = queries(store)
    best: list[Page | None] = [None, None]
    for _ in range(rounds):
        for index, asked in enumerate(pages):
            page = store.page(asked)
            before = best[index]
            if before is None or page.seconds < before.seconds:
                best[index] = page
    ours, raw = best
    assert ours is not None
    assert raw is not None
    print(f"\n{len(pages[0])} queries over {(store.end - store.start) / DAY:g} days, ms:")
    print(f"  {'':24} {'recorded':>9} {'raw':>9} {'ratio':>7}")
    for name, seconds in ours.queries.items():
        row(name, seconds, raw.queries[name])
    row("whole page, wall clock", ours.seconds, raw.seconds)
    row("whole page, server CPU", ours.cpu_seconds, raw.cpu_seconds)
    quick = ours.seconds < MOST_SECONDS
    print(
        f"the page takes {ours.seconds:.2f} s on recordings and {raw.seconds:.2f} s on raw series:"
        f" {raw.seconds / ours.seconds:.1f}x"
    )
    what = f"System Overview, {(store.end - store.start) / DAY:g} days, {len(pages[0])} queries"
    peer = "the same page on raw series"
    claim(
        f"{what}, wall clock",
        ours.seconds,
        "s",
        peer=peer,
        theirs=raw.seconds,
        limit=f"under {MOST_SECONDS:g} s",
    )
    claim(f"{what}, CPU of the server", ours.cpu_seconds, "s", peer=peer, theirs=raw.cpu_seconds)
    if judge and not quick:
        print(f"missed: {MOST_SECONDS:g} s for the whole page")
    return 1 if judge and not quick else 0


def row(name: str, ours: float, raw: float) -> None:
    """A line of the table."""
    print(f"  {name:24} {ours * 1000:9.0f} {raw * 1000:9.0f} {raw / ours if ours else 0:6.1f}x")


if __name__ == "__main__":
    raise SystemExit(main())
