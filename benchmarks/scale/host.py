"""What one host exposes: this machine's own node exporter, and process groups as codesentinel shows them."""

from __future__ import annotations

import re
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

sys.path.append(str(Path(__file__).parents[1]))
from history_read import free_port, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUPS = 30
_SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_OF_A_GROUP = (
    "codesentinel_process_cpu_seconds_total",
    "codesentinel_process_demand_ratio",
    "codesentinel_process_resident_memory_bytes",
    "codesentinel_process_open_fds",
    "codesentinel_process_threads",
    "codesentinel_process_count",
)
_OWN_OF_CODESENTINEL = 77
"""What its exporter shows whatever runs on the host, counted on a running stack."""
_OF_A_SCRAPE = ("up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_series_added",
                "scrape_samples_post_metric_relabeling")  # fmt: skip


class Host(NamedTuple):
    """Its series without ``instance``, and their values at each of some moments a second apart."""

    labels: tuple[dict[str, str], ...]
    values: np.ndarray

    @property
    def changing(self) -> np.ndarray:
        """Which of the series are not constant."""
        return np.ptp(self.values, axis=0) > 0


def read_host(moments: int, groups: int = GROUPS, seed: int = 5) -> Host:
    """This machine's, watched for so many seconds; process groups are drawn from a seed."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/metrics"
    labels: list[dict[str, str]] = []
    rows = []
    with serving("node-exporter", [f"--web.listen-address=127.0.0.1:{port}"], url):
        for _ in range(moments):
            found = dict(_samples(urllib.request.urlopen(url, timeout=20).read().decode()))
            if not labels:
                keys = list(found)
                labels = [dict(key) | {"job": "node-exporter"} for key in keys]
            rows.append([found.get(key, np.nan) for key in keys])
            time.sleep(1 if moments > 1 else 0)
    values = np.array(rows)
    known = ~np.isnan(values).any(axis=0)
    more, drawn = _codesentinel(moments, groups, np.random.default_rng(seed))
    kept = [one for one, is_known in zip(labels, known, strict=True) if is_known]
    return Host((*kept, *more), np.hstack([values[:, known], drawn]))


def _samples(text: str) -> Iterator[tuple[tuple[tuple[str, str], ...], float]]:
    for line in text.splitlines():
        match = _SAMPLE.match(line)
        if match and not line.startswith("#"):
            yield (("__name__", match[1]), *_LABEL.findall(match[2] or "")), float(match[3])


def _codesentinel(
    moments: int, groups: int, chance: np.random.Generator
) -> tuple[list[dict[str, str]], np.ndarray]:
    """Its exporter's series, and what a scraper adds for both targets."""
    labels: list[dict[str, str]] = []
    columns = []
    steps = np.arange(moments)
    for number in range(groups):
        for name in _OF_A_GROUP:
            labels.append({"__name__": name, "job": "codesentinel", "group": f"group-{number:03}"})
            columns.append(
                np.cumsum(chance.random(moments) * 0.1)
                if name.endswith("_total")
                else np.round(1e6 * chance.random() * (1 + 0.01 * chance.random(moments)))
                if number % 3 == 0
                else np.full(moments, float(number))
            )
    for number in range(_OWN_OF_CODESENTINEL):
        labels.append(
            {"__name__": f"codesentinel_own_{number % 20}", "job": "codesentinel", "part": str(number)}
        )
        columns.append(steps * float(number % 4 == 0))
    for job in ("node-exporter", "codesentinel"):
        for name in _OF_A_SCRAPE:
            labels.append({"__name__": name, "job": job})
            columns.append(chance.random(moments) * 0.01 if "duration" in name else np.ones(moments))
    return labels, np.column_stack(columns)


def folder_bytes(folder: Path) -> int:
    """What the files below a folder take."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def temporary() -> tempfile.TemporaryDirectory[str]:
    """A folder that goes away."""
    return tempfile.TemporaryDirectory(prefix="codesentinel-scale-")
