"""Troubles below every alert: raw metrics, the recording rules, and the look that `up` takes every minute.

    python benchmarks/trends/live.py [--worlds 8] [--seed 1]

Each world is three days and three hours of the demo's metrics in a real VictoriaMetrics, scrape by scrape:
half of them as a fleet has them (each 15 s, rates over 5 min), half as a stack on one machine does (each 3 s,
over 18 s); half of both with a rhythm of days. The catalogue's recording rules are evaluated over them, and
what `up` looks at every minute is looked at every minute, the clock injected: through two hours of normal
traffic, and from the beginning of each trouble until it is found. Troubles begin at one o'clock at night,
when least is to be seen. Beside it, without a limit: what is found by chance in the day before, looked at
every quarter of an hour. Exit status 1 when a trouble is found late, or what is none in the two hours.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from demo_world import DAY, END, MIDNIGHT, TROUBLE_AT, TROUBLES, World

from codesentinel.act.history import import_series
from codesentinel.capture.history import HistoryReader
from codesentinel.config.settings import Settings, Sources
from codesentinel.mixin.catalog import host_series, overview, services
from codesentinel.mixin.rule import Recording
from codesentinel.mixin.rules import groups
from codesentinel.mixin.timing import PRODUCTION, Timing, local
from codesentinel.model.series import Series
from codesentinel.operations.base import Context
from codesentinel.operations.trends.watch import watch
from codesentinel.store.session_memory import SessionMemory

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
from storage import Storage, victoria_metrics

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codesentinel.model.finding import Finding

LIMITS = {  # minutes, and what has to be named
    "load at night": (10, (overview.CPU_BUSY, host_series.LOAD)),
    "traffic drops": (15, (services.REQUESTS,)),
    "errors double": (30, (services.ERROR_RATIO,)),
    "slow leak": (90, ("codesentinel_process_resident_memory_bytes",)),
    "job missing": (15, ("codesentinel_job_last_success_timestamp_seconds",)),
}
RULES = (
    services.REQUESTS,
    services.ERRORS,
    services.ERROR_RATIO,
    services.BUCKETS,
    services.P95,
    overview.CPU_BUSY,
    host_series.MEMORY,
    host_series.CPU_COUNT,
    host_series.LOAD,
    host_series.DISK_BUSY,
    host_series.RECEIVED,
    host_series.SENT,
)
AS_SCRAPED = ("codesentinel_process_resident_memory_bytes", "codesentinel_job_last_success_timestamp_seconds")
BEFORE = 900.0
"""Seconds of raw samples before a trouble that its recordings rest on."""


def main() -> int:
    """Print the table; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1, help="of the first world (default: %(default)s)")
    args = parser.parse_args()
    print(
        f"{'world':34s}"
        + "".join(f"{trouble:>15s}" for trouble in TROUBLES)
        + f"{'in 2 h normal':>15s}{'in 1 day':>10s}"
    )
    print(f"{'limit, minutes':34s}" + "".join(f"{LIMITS[trouble][0]:15d}" for trouble in TROUBLES))
    missed, looked = [], Looks()
    for seed in range(args.seed, args.seed + args.worlds):
        is_local, rhythm = seed % 2 == 0, 0.4 * (seed // 2 % 2)
        name = f"{seed}: {'stack' if is_local else 'fleet'}{', rhythm of days' if rhythm else ', flat'}"
        timing, scrape = (local(3.0), 3.0) if is_local else (PRODUCTION, 15.0)
        with tempfile.TemporaryDirectory() as folder:
            row, wrong = world(
                World(seed, scrape_seconds=scrape, rhythm=rhythm), timing, Path(folder), looked
            )
        print(f"{name:34s}" + "".join(f"{cell:>15s}" for cell in row[:-1]) + f"{row[-1]:>10s}", flush=True)
        missed += [f"world {seed}: {one}" for one in wrong]
    print(f"{looked.count} looks, {looked.seconds / max(looked.count, 1) * 1000:.0f} ms each")
    print(f"missed: {'; '.join(missed) or 'none'}")
    return 1 if missed else 0


class Looks:
    """How many there were, and how long they took."""

    def __init__(self) -> None:
        self.count, self.seconds = 0, 0.0

    def look(self, context: Context, now: float) -> list[Finding]:
        """What the look of a minute finds at that time."""
        began = time.perf_counter()
        found, source = watch(context, now)
        self.seconds += time.perf_counter() - began
        self.count += 1
        assert source.checked >= len(LIMITS), source
        return found


def world(one: World, timing: Timing, folder: Path, looked: Looks) -> tuple[list[str], list[str]]:
    """The cells of its row, and what was missed."""
    normal = recorded(one.series(), timing, folder / "raw", MIDNIGHT)
    with victoria_metrics(folder / "before") as server:
        fill(server, [part(series, 0, TROUBLE_AT) for series in normal])
    row, wrong = [], []
    for trouble in TROUBLES:
        tail = recorded(
            one.series(trouble, TROUBLE_AT - BEFORE), timing, folder / f"raw {trouble}", TROUBLE_AT
        )
        with happening(folder, trouble, tail) as context:
            cell, error = found_after(context, trouble, looked)
        row.append(cell)
        wrong += [error] if error else []
    with happening(folder, "nothing", [part(series, TROUBLE_AT, END) for series in normal]) as context:
        day, _ = found_between(context, TROUBLE_AT - DAY, TROUBLE_AT, 900, looked)
        count, subjects = found_between(context, TROUBLE_AT, END, 60, looked)
    wrong += [f"in normal traffic {subject}" for subject in subjects]
    return [*row, str(count), str(day)], wrong


def found_between(
    context: Context, begin: float, end: float, every: float, looked: Looks
) -> tuple[int, list[str]]:
    """How often something began to be found, and what."""
    count, before, subjects = 0, False, set()
    for now in np.arange(begin, end, every).tolist():
        found = looked.look(context, now)
        count += bool(found) and not before
        before = bool(found)
        subjects |= {finding.subject for finding in found}
    return count, sorted(subjects)


def found_after(context: Context, trouble: str, looked: Looks) -> tuple[str, str]:
    """Minutes until the trouble was found by its name; and what was wrong with that."""
    limit, metrics = LIMITS[trouble]
    for minute in range(limit + 1):
        found = looked.look(context, TROUBLE_AT + 60 * minute)
        subjects = [one["subject"] for finding in found for one in finding.evidence["series"]]
        if any(metric in subject for metric in metrics for subject in subjects):
            return str(minute), ""
        if found:
            return "wrong", f"{trouble}: found {', '.join(subjects)}"
    return "late", f"{trouble}: not found within {limit} minutes"


@contextlib.contextmanager
def happening(folder: Path, name: str, tail: list[Series]) -> Iterator[Context]:
    """A workspace whose history is what was recorded before, and this."""
    shutil.copytree(folder / "before", folder / name)
    with victoria_metrics(folder / name) as server:
        fill(server, tail)
        root = folder / f"workspace of {name}"
        root.mkdir()
        settings = Settings(sources=Sources(history_url=server.url))
        yield Context(root, settings, SessionMemory(root), lambda _: None)


def recorded(raw: Iterator[Series], timing: Timing, folder: Path, since: float) -> list[Series]:
    """What the recording rules make of raw samples, one after another, and what is looked at as it is."""
    rules = {
        rule.record: rule for group in groups(timing) for rule in group.rules if isinstance(rule, Recording)
    }
    found: list[Series] = []
    with victoria_metrics(folder) as server:
        fill(server, raw)
        reader = HistoryReader(server.url, timeout_seconds=120)
        for name in RULES:
            answer = reader.read(rules[name].expr, since, END, timing.evaluation_interval_seconds)
            named = [Series({**one.labels, "__name__": name}, one.times, one.values) for one in answer]
            assert named, f"{name} gives nothing"
            fill(server, named)
            found += named if name not in (services.BUCKETS, services.ERRORS) else []
        for name in AS_SCRAPED:
            found += reader.read(name, since, END)
    return found


def part(series: Series, begin: float, end: float) -> Series:
    """Its samples from one time to another, the second not among them."""
    kept = (series.times >= begin) & (series.times < end)
    return Series(series.labels, series.times[kept], series.values[kept])


def fill(server: Storage, series: Iterable[Series]) -> None:
    """Write what the next query is to see."""
    import_series(server.url, series, timeout_seconds=120)
    server.get("/internal/force_flush")


if __name__ == "__main__":
    sys.exit(main())
