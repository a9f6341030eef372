"""How well trouble of a server is found in many of its metrics at once: the ASD data of InterFusion.

    python benchmarks/trends/asd.py [--data ../shared/data/asd] [--name asd_dev]

Six application servers, 19 metrics every 5 minutes, 30 days to learn from and 15 with segments that experts
labelled, and the metrics that they named. Judged by average precision of the score at each step, the mean
over servers, for point-adjusted figures flatter chance. Nothing is tuned to a server. A segment is found when
there is an alarm in it; its first-named metric is right when experts named it too. Exit status 1 when the
average precision is below .45 or less than 70% of the first-named metrics are right.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np

from codesentinel.analysis.trends.anomalies import together as joint
from codesentinel.model.series import Series
from codesentinel.stats.ewma import ewma

sys.path.append(str(Path(__file__).resolve().parents[1]))
from claims import claim

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "asd"
LEAST_PRECISION, LEAST_RIGHT = 0.45, 0.70
STEP_SECONDS = 300.0
MIDNIGHT = 1_699_920_000.0
NEIGHBOURS = (("_MEMORY", 0.5), ("_MEMORY", 0.25), ("_MEMORY", 0.2))


class Server(NamedTuple):
    """Its metrics (a column each), where experts saw trouble, and which rows are for testing."""

    name: str
    metrics: np.ndarray
    labels: np.ndarray
    test: np.ndarray
    segments: list[tuple[int, int, set[int]]]

    def series(self) -> list[Series]:
        """A series for each metric."""
        times = MIDNIGHT + STEP_SECONDS * np.arange(len(self.metrics))
        return [Series({"metric": str(i)}, times, column) for i, column in enumerate(self.metrics.T)]

    def precision(self, scores: np.ndarray) -> float:
        """Average precision over the test rows."""
        return average_precision(self.labels[self.test], scores[self.test])


def main() -> int:
    """Print the table; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--name", default="asd_dev", help="of the files (default: %(default)s)")
    args = parser.parse_args()
    if not (args.data / f"{args.name}.parquet").exists():
        print(f"skipped: no {args.name}.parquet in {args.data}; give the folder by --data")
        return 0
    servers = load(args.data, args.name)
    found = [joint.together(server.series()) for server in servers]  # compiles, too
    began = time.process_time()
    joint.together(servers[0].series())
    seconds = (time.process_time() - began) / servers[0].metrics.size
    scores = [one.scores for one in found]
    ours = _mean_precision(servers, scores)
    print(f"{len(servers)} servers, {seconds * 1e6:.1f} us a value")
    shown = " ".join(f"{server.precision(one):.2f}" for server, one in zip(servers, scores, strict=True))
    print(f"  {'average precision':43s} {ours:.3f}  ({shown})")
    right = segments(servers, found)
    claim("the metric named first is right", right, "%", limit=f"at least {LEAST_RIGHT:.0%}")
    for name, scores in (
        ("static z-score, mean of the top 5", [static_z(server) for server in servers]),
        ("k-means of six hours, as Netdata has it", [k_means(server) for server in servers]),
    ):
        smoothed = [ewma(one, 1 / 3) for one in scores]
        best = max(_mean_precision(servers, scores), _mean_precision(servers, smoothed))
        print(f"  {name:43s} {best:.3f}")
        claim(
            "average precision on ASD", ours, "", peer=name, theirs=best, limit=f"at least {LEAST_PRECISION}"
        )
    print("neighbours:")
    for name, value in NEIGHBOURS:
        print(f"  {name:10s} {value:.2f}   {_changed(servers, name, value):.3f}")
    missed = [] if ours >= LEAST_PRECISION else [f"average precision {ours:.3f}, at least {LEAST_PRECISION}"]
    if right < LEAST_RIGHT:
        missed.append(f"metric right in {right:.0%}, at least {LEAST_RIGHT:.0%}")
    print(f"missed: {'; '.join(missed) or 'none'}")
    return 1 if missed else 0


def load(folder: Path, name: str) -> list[Server]:
    """All servers of the files."""
    path = folder / f"{name}.parquet"
    rows = duckdb.sql(f"SELECT * FROM read_parquet('{path}') ORDER BY entity, split DESC, t").fetchnumpy()
    named = json.loads((folder / f"{name}_interpretation.json").read_text())
    metrics = sorted(column for column in rows if column.startswith("m"))
    servers = []
    for entity in dict.fromkeys(rows["entity"].tolist()):
        here = rows["entity"] == entity
        segments = []
        for text in named[entity]:
            span, _, numbers = text.partition(":")
            first, last = map(int, span.split("-"))
            segments.append((first, last, {int(number) - 1 for number in numbers.split(",")}))
        table = np.stack([np.asarray(rows[column][here], dtype=float) for column in metrics], axis=1)
        test = np.asarray(rows["split"][here] == "test")
        servers.append(Server(entity, table, np.asarray(rows["label"][here]), test, segments))
    return servers


def segments(servers: list[Server], found: list) -> float:
    """Print how many are found, and whether the metric is right; the share of these."""
    total = hit = right = by_chance = false = 0
    for server, one in zip(servers, found, strict=True):
        start = one.times[np.flatnonzero(server.test)[0]]
        spans = [span for span in one.flagged if span.end >= start]
        met = set()
        for first, last, named in server.segments:
            total += 1
            begin, end = start + STEP_SECONDS * first, start + STEP_SECONDS * last
            inside = [i for i, span in enumerate(spans) if span.start <= end and span.end >= begin]
            met |= set(inside)
            if inside:
                hit += 1
                best = max((spans[i] for i in inside), key=lambda span: span.score)
                right += int(best.moved[0].labels["metric"]) in named
                by_chance += len(named) / server.metrics.shape[1]
        false += len(spans) - len(met)
    print(f"  {hit} of {total} segments found; {false} other alarms in {15 * len(servers)} days of servers")
    print(f"  first-named metric right in {right / max(hit, 1):.0%}; by chance {by_chance / max(hit, 1):.0%}")
    return right / max(hit, 1)


def average_precision(labels: np.ndarray, scores: np.ndarray) -> float:
    """The area below precision over recall, steps of equal scores taken at once."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order])
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    precision, recall = hits[ends] / (ends + 1), hits[ends] / hits[-1]
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def static_z(server: Server) -> np.ndarray:
    """Distance from the mean of the days to learn from; the mean of the five farthest metrics."""
    learn = server.metrics[~server.test]
    away = np.abs(server.metrics - learn.mean(axis=0)) / np.maximum(learn.std(axis=0), 1e-9)
    return np.sort(away, axis=1)[:, -5:].mean(axis=1)


def k_means(server: Server) -> np.ndarray:
    """The share of metrics that 18 models, one every 3 hours on the 6 before, all call strange.

    The features of each are differences, smoothed over 3 values, at 6 lags; two clusters; a value is strange
    beyond the 99% quantile of the distances that were learned from.
    """
    every, length, models = 36, 72, 18
    share = np.zeros(len(server.metrics))
    for column in server.metrics.T:
        smooth = np.convolve(np.diff(column, prepend=column[0]), np.ones(3) / 3)[: len(column)]
        features = np.stack(
            [np.concatenate((np.zeros(lag), smooth[: len(smooth) - lag])) for lag in range(6)], 1
        )
        starts = np.arange(length, len(column), every)
        windows = np.stack([features[at - length : at] for at in starts])
        ordered = np.take_along_axis(windows, np.abs(windows).sum(-1).argsort(1)[:, :, None], 1)
        centres = ordered[:, [0, -1]].copy()
        for _ in range(10):
            nearest = _distances(windows, centres).argmin(-1)
            for which in (0, 1):
                mine = (nearest == which)[:, :, None]
                count = mine.sum(1)
                mean = (windows * mine).sum(1) / np.maximum(count, 1)
                centres[:, which] = np.where(count > 0, mean, centres[:, which])
        limits = np.quantile(_distances(windows, centres).min(-1), 0.99, axis=1)
        for at, start in enumerate(starts):
            use = slice(max(0, at - models + 1), at + 1)
            rows = features[start : start + every]
            away = _distances(np.broadcast_to(rows, (len(centres[use]), *rows.shape)), centres[use]).min(-1)
            share[start : start + every] += np.all(away > limits[use, None], axis=0)
    return share / server.metrics.shape[1]


def _distances(rows: np.ndarray, centres: np.ndarray) -> np.ndarray:
    return np.sqrt(((rows[:, :, None] - centres[:, None]) ** 2).sum(-1))


def _mean_precision(servers: list[Server], scores: list[np.ndarray]) -> float:
    return float(np.mean([server.precision(one) for server, one in zip(servers, scores, strict=True)]))


def _changed(servers: list[Server], name: str, value: float) -> float:
    before = getattr(joint, name)
    setattr(joint, name, value)
    try:
        return _mean_precision(servers, [joint.together(server.series()).scores for server in servers])
    finally:
        setattr(joint, name, before)


if __name__ == "__main__":
    sys.exit(main())
