"""What a storage holds and how it was told to keep it, asked after something was written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.capture.http_json import get_json
from codesentinel.capture.http_stream import Passing, Request, streamed
from codesentinel.model.errors import BadAnswer, CouldNotJudge
from codesentinel.model.samples import NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

    Key = tuple[tuple[str, str], ...]

_IGNORED, _FLAG = "vm_rows_ignored_total", "flag"


def stored_counts(
    url: str, name: str, labels: Mapping[str, str], span_ms: tuple[int, int], *, timeout_seconds: float
) -> dict[Key, int]:
    """How many samples there are of each series of a metric with these labels, both ends included.

    Raises:
        Unreachable, BadAnswer: the server does not say.
    """
    wanted = {NAME: name, **labels}
    matchers = ",".join(f"{label}={json.dumps(text, ensure_ascii=False)}" for label, text in wanted.items())
    first, last = span_ms
    query = f"count_over_time({{{matchers}}}[{last - first + 1}ms])"
    parameters: dict[str, str | float] = {"query": query, "time": last / 1000, "nocache": 1}
    document = get_json(url.rstrip("/"), "/api/v1/query", parameters, timeout_seconds=timeout_seconds)
    try:
        rows = document["data"]["result"]
        return {
            tuple(sorted(({NAME: name} | row["metric"]).items())): int(float(row["value"][1])) for row in rows
        }
    except (KeyError, TypeError, ValueError, IndexError) as exc:
        raise BadAnswer(f"{url.rpartition('@')[2]} answered {query} with something else") from exc


class Keeping(NamedTuple):
    """How a VictoriaMetrics keeps samples: its flags as it spells them, and what it dropped so far."""

    flags: Mapping[str, str]
    ignored: Mapping[str, int]

    @property
    def keeps_repeated(self) -> bool:
        """Whether a sample that is written twice is there twice."""
        return self.flags.get("dedup.minScrapeInterval") in ("0s", "0")


def keeping(url: str, *, timeout_seconds: float) -> Keeping | None:
    """What its own metrics tell of it; None where it is no VictoriaMetrics or shows none."""
    from prometheus_client.parser import text_string_to_metric_families

    try:
        with streamed(Request(url.rstrip("/"), "/metrics", {}, timeout_seconds)) as body:
            families = list(text_string_to_metric_families(b"".join(body).decode()))
    except (Passing, CouldNotJudge, ValueError):
        return None
    flags: dict[str, str] = {}
    ignored: dict[str, int] = {}
    for family in families:
        for sample in family.samples:
            if sample.name == _FLAG:
                flags[sample.labels.get("name", "")] = sample.labels.get("value", "")
            elif sample.name == _IGNORED:
                ignored[sample.labels.get("reason", "")] = int(sample.value)
    return Keeping(flags, ignored) if flags or ignored else None
