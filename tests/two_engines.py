"""The rules of the mixin asked of two servers alike: what each records, and when each rule's alert holds.

Each server is given the same samples and asked every rule in its order; what is recorded is written back
into the server that recorded it, so that the next rule reads it there, as it would in a running one.
"""

from __future__ import annotations

import json
import math
import re
import urllib.parse
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import remote_write
from codesentinel.model.duration import parse_duration
from servers import eventually, free_port, serving
from storage import victoria_metrics

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    Labels = tuple[tuple[str, str], ...]
    Answer = dict[Labels, dict[float, float]]

LOOKBACK = "5m"
STALE_BITS = 0x7FF0000000000002
_TIMEOUT_SECONDS = 60
_WORD = re.compile(r"[a-zA-Z_:][\w:]*")


class Sample(NamedTuple):
    """Seconds from the beginning of a case, and the bits of the value."""

    seconds: float
    bits: int


class Span(NamedTuple):
    """When a case takes place, how long it lasts and how often rules are evaluated; in seconds."""

    epoch: float
    length: float
    step: float


class Engine(NamedTuple):
    """A server that takes remote write and answers PromQL."""

    url: str
    is_victoria: bool

    def take(self, series: Sequence[tuple[dict[str, str], Sequence[Sample]]], epoch: float) -> None:
        """Write these samples, moved to ``epoch``; they can be asked for when this returns."""
        remote_write.write_many(
            self.url,
            [
                (labels, [(round(1000 * (epoch + s.seconds)), s.bits) for s in samples])
                for labels, samples in series
            ],
        )
        if self.is_victoria:
            urllib.request.urlopen(f"{self.url}/internal/force_flush", timeout=_TIMEOUT_SECONDS).close()
            eventually(lambda: self._finds(series, epoch), within=30)

    def _finds(self, series: Sequence[tuple[dict[str, str], Sequence[Sample]]], epoch: float) -> bool:
        last = max(sample.seconds for _, samples in series for sample in samples)
        names = sorted({labels["__name__"] for labels, _ in series})
        query = [("match[]", f'{{__name__="{name}"}}') for name in names]
        span = [("start", str(epoch)), ("end", str(epoch + last))]
        with urllib.request.urlopen(
            f"{self.url}/api/v1/series?{urllib.parse.urlencode(query + span)}", timeout=_TIMEOUT_SECONDS
        ) as answer:
            return len(json.load(answer)["data"]) >= len(
                {tuple(sorted(labels.items())) for labels, _ in series}
            )

    def ask(self, expression: str, span: Span) -> Answer:
        """Labels to {seconds from the epoch: value}, without a metric's name."""
        query: dict[str, Any] = {
            "query": expression,
            "start": span.epoch,
            "end": span.epoch + span.length,
            "step": span.step,
        }
        if self.is_victoria:
            query |= {"nocache": 1, "max_lookback": LOOKBACK}
        body = urllib.parse.urlencode(query).encode()
        with urllib.request.urlopen(
            f"{self.url}/api/v1/query_range", body, timeout=_TIMEOUT_SECONDS
        ) as answer:
            rows = json.load(answer)["data"]["result"]
        found = {}
        for row in rows:
            labels = tuple(sorted((k, v) for k, v in row["metric"].items() if k != "__name__"))
            found[labels] = {
                at - span.epoch: float(value) for at, value in row["values"] if not math.isnan(float(value))
            }
        return {labels: values for labels, values in found.items() if values}


@contextmanager
def both(folder: Path) -> Iterator[tuple[Engine, Engine]]:
    """A real Prometheus and a real VictoriaMetrics that take samples of any time."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    config = folder / "prometheus.yml"
    config.write_text("storage: {tsdb: {out_of_order_time_window: 20000d}}\n")
    flags = [
        f"--config.file={config}", f"--storage.tsdb.path={folder / 'tsdb'}", f"--web.listen-address=127.0.0.1:{port}",
        "--web.enable-remote-write-receiver", "--storage.tsdb.retention.time=30000d",
    ]  # fmt: skip
    with serving("prometheus", flags, f"{url}/-/ready"), victoria_metrics(folder / "vm") as storage:
        yield Engine(url, is_victoria=False), Engine(storage.url, is_victoria=True)


class Rule(NamedTuple):
    """One rule of a file."""

    name: str
    expression: str
    labels: dict[str, str]
    is_alert: bool
    wait_seconds: float = 0.0
    keep_seconds: float = 0.0


def rules_of(documents: Sequence[dict[str, Any]]) -> list[Rule]:
    """All rules of these files in their order."""
    return [
        Rule(
            rule.get("alert") or rule["record"],
            rule["expr"],
            rule.get("labels", {}),
            "alert" in rule,
            parse_duration(rule.get("for", "0s")),
            parse_duration(rule.get("keep_firing_for", "0s")),
        )
        for document in documents
        for group in document["groups"]
        for rule in group["rules"]
    ]


def evaluated(engine: Engine, rules: Sequence[Rule], names: Iterable[str], span: Span) -> list[Answer]:
    """What each rule gives; ``time()`` is what it would be if the epoch were 1970.

    A rule that reads none of the metrics ``names``, nor any that is recorded of them, is not asked.
    """
    pending: list[tuple[dict[str, str], list[Sample]]] = []
    answers: list[Answer] = []
    known = set(names)
    for rule in rules:
        if not (known & set(_WORD.findall(rule.expression)) or "vector(" in rule.expression):
            answers.append({})
            continue
        if any(labels["__name__"] in rule.expression for labels, _ in pending):
            engine.take(pending, span.epoch)
            pending = []
        moved = re.sub(r"\b(time\(\)|timestamp\(\w+\))", rf"(\1 - {span.epoch:.0f})", rule.expression)
        answer = engine.ask(moved, span)
        if answer and not rule.is_alert:
            known.add(rule.name)
            pending += [
                ({**dict(labels), **rule.labels, "__name__": rule.name}, _recorded(values, span))
                for labels, values in answer.items()
            ]
        answers.append(answer)
    return answers


def _recorded(values: dict[float, float], span: Span) -> list[Sample]:
    """The samples that a rule writes, with the marker of staleness where it gives none any more."""
    samples = []
    for at, value in sorted(values.items()):
        samples.append(Sample(at, remote_write.bits(value)))
        if at + span.step not in values and at + span.step <= span.length:
            samples.append(Sample(at + span.step, STALE_BITS))
    return samples


def fires(rule: Rule, held: dict[float, float], at: float, step: float) -> bool:
    """Whether an alert fires at a moment, when its condition held at these: Prometheus' own way of counting."""
    since: float | None = None
    gone: float | None = None
    is_firing = False
    for moment in (number * step for number in range(int(at / step) + 1)):
        if moment in held:
            since = moment if since is None else since
            gone = None
            is_firing = is_firing or moment - since >= rule.wait_seconds
            continue
        gone = moment if gone is None else gone
        if not (is_firing and moment - gone < rule.keep_seconds):
            since, gone, is_firing = None, None, False
    return is_firing
