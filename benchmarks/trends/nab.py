"""How well anomalies are found online: the Numenta Anomaly Benchmark, judged by its own rules.

    python benchmarks/trends/nab.py [--data ../shared/data/nab]

The folder holds NAB's data files, `windows.json` and `score.py`, an independent scorer: it is run as a
program on the scores that are written here. One fixed configuration, nothing tuned to a file. Exit status 1
when the standard profile gives less than 78, less than 75 with the threshold chosen on the other half, or
a point takes 20 microseconds. Figures of published detectors are quoted, on these 36 files.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from codesentinel.analysis.trends.anomalies import alarms, strangeness
from codesentinel.capture.csv_series import read_csv_series

sys.path.append(str(Path(__file__).resolve().parents[1]))
from claims import claim

if TYPE_CHECKING:
    from collections.abc import Sequence

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "nab"
LEAST, LEAST_CROSSED, MOST_SECONDS = 78.0, 75.0, 20e-6
PUBLISHED = {"ARTime": 76.65, "CAD OSE": 72.87, "Numenta HTM": 70.32}
THRESHOLDS = np.exp(np.linspace(np.log(0.9), np.log(2.6), 36))
NEIGHBOURS: tuple[tuple[str, Any, str, Any], ...] = (
    ("memories 16, 21, 27", strangeness, "SUSTAINED", (1 / 16, 1 / 21, 1 / 27)),
    ("memories 20, 27, 33", strangeness, "SUSTAINED", (1 / 20, 1 / 27, 1 / 33)),
    ("muted for 100", alarms, "MUTED", 100),
    ("muted for 150", alarms, "MUTED", 150),
    ("louder by 1.3", alarms, "LOUDER", 1.3),
    ("louder by 1.8", alarms, "LOUDER", 1.8),
    ("warm-up 150", strangeness, "WARM_UP", 150),
    ("warm-up 300", strangeness, "WARM_UP", 300),
    ("tail from 0.985", strangeness, "USUAL", strangeness.USUAL._replace(quantile=0.985)),
    ("tail from 0.993", strangeness, "USUAL", strangeness.USUAL._replace(quantile=0.993)),
    ("tail settles at 600", strangeness, "USUAL", strangeness.USUAL._replace(settled=600)),
    ("tail settles at 900", strangeness, "USUAL", strangeness.USUAL._replace(settled=900)),
)


class File(NamedTuple):
    """A data file: its name, rows as they are written, and the windows in which something was strange."""

    name: str
    stamps: list[str]
    times: np.ndarray
    values: np.ndarray
    windows: list[list[str]]


class Corpus(NamedTuple):
    """The files, and the module of the scorer."""

    folder: Path
    files: list[File]
    scorer: Any

    def score(
        self, found: Sequence[np.ndarray], threshold: float | None = None, only: Sequence[int] | None = None
    ) -> float:
        """Of these scores, at a threshold or at the best; of all files or of some."""
        chosen = range(len(self.files)) if only is None else only
        rows = [(self.files[i].stamps, found[i].tolist(), self.files[i].windows) for i in chosen]
        return self.scorer.score(rows, *self.scorer.PROFILES["standard"], threshold)[0]


def main() -> int:
    """Print the tables; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    folder = parser.parse_args().data
    if not (folder / "windows.json").exists():
        print(f"skipped: no data in {folder}; give its folder by --data")
        return 0
    corpus = load(folder)
    _strange(corpus)  # compiles
    began = time.process_time()
    strange = _strange(corpus)
    points = sum(len(file.values) for file in corpus.files)
    seconds = (time.process_time() - began) / points
    published = [alarms.told(one, alarms.SENSITIVITY) for one in strange]
    by_program = run_scorer(corpus, published)
    print(f"{len(corpus.files)} files, {points} points, {seconds * 1e6:.1f} us a point")
    for profile, value in by_program.items():
        print(f"  {profile:16s} {value:6.2f}  best single threshold, by score.py")
    curve, crossed = swept(corpus, strange)
    width = THRESHOLDS[curve >= curve.max() - 2]
    print(f"  with the threshold chosen on the other half, both ways: {crossed:.2f}")
    print(f"  within 2 points of the best for alarms at a strangeness of {width[0]:.2f} to {width[-1]:.2f}")
    print("by category, at the default sensitivity:")
    for category in sorted({file.name.partition("/")[0] for file in corpus.files}):
        only = [i for i, file in enumerate(corpus.files) if file.name.startswith(category)]
        if any(corpus.files[i].windows for i in only):
            print(f"  {category:22s} {corpus.score(published, 0.5, only):6.2f}")
    for name, value in PUBLISHED.items():
        claim(
            "NAB, standard profile",
            by_program["standard"],
            "",
            peer=f"{name} (published)",
            theirs=value,
            limit=f"at least {LEAST}",
        )
    claim("NAB, with the threshold chosen on the other half", crossed, "", limit=f"at least {LEAST_CROSSED}")
    claim("a point, judged online", seconds * 1e6, "us CPU", limit=f"under {MOST_SECONDS * 1e6:g} us")
    print_peers(corpus, by_program["standard"])
    print_neighbours(corpus)
    missed = []
    if by_program["standard"] < LEAST:
        missed.append(f"standard profile {by_program['standard']:.2f}, at least {LEAST} wanted")
    if crossed < LEAST_CROSSED:
        missed.append(f"crossed {crossed:.2f}, at least {LEAST_CROSSED} wanted")
    if seconds >= MOST_SECONDS:
        missed.append(f"{seconds * 1e6:.1f} us a point")
    print(f"missed: {'; '.join(missed) or 'none'}")
    return 1 if missed else 0


def print_peers(corpus: Corpus, ours: float) -> None:
    """Published detectors, and bands that are run here."""
    print("beside it, standard profile:")
    print(f"  {'codesentinel':36s} {ours:6.2f}")
    for name, value in PUBLISHED.items():
        print(f"  {name:36s} {value:6.2f}  (published scores, not run here)")
    for name, window_days in (("z-score, mean of 26 hours", 26 / 24), ("z-score, mean of 7 days", 7.0)):
        plain = [_z_score(file, window_days) for file in corpus.files]
        print(
            f"  {name:36s} {corpus.score(plain):6.2f}  ({swept_z(corpus, plain):.2f} when muted as ours is)"
        )


def print_neighbours(corpus: Corpus) -> None:
    """What becomes of the score when one constant is another: a peak would show here."""
    print("neighbours, best single threshold (at the default sensitivity):")
    for name, *change in NEIGHBOURS:
        best, fixed = _changed(corpus, *change)
        print(f"  {name:22s} {best:6.2f} ({fixed:.2f})")


def load(folder: Path) -> Corpus:
    """All files that have windows, or are said to have none."""
    spec = importlib.util.spec_from_file_location("nab_score", folder / "score.py")
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    files = []
    for name, spans in sorted(json.loads((folder / "windows.json").read_text()).items()):
        path = folder / "data" / name
        stamps = [line.partition(",")[0] for line in path.read_text().splitlines()[1:]]
        series = read_csv_series(str(path))[0].series
        windows = [[end.split(".")[0] for end in span] for span in spans]
        files.append(File(name, stamps, series.times, series.values, windows))
    return Corpus(folder, files, scorer)


def run_scorer(corpus: Corpus, found: Sequence[np.ndarray]) -> dict[str, float]:
    """What the program says of these scores, for each profile."""
    with tempfile.TemporaryDirectory() as folder:
        for file, scores in zip(corpus.files, found, strict=True):
            path = Path(folder) / file.name
            path.parent.mkdir(exist_ok=True)
            path.write_text("anomaly_score\n" + "".join(f"{score!r}\n" for score in scores.tolist()))
        done = subprocess.run(
            [
                *(sys.executable, corpus.folder / "score.py", folder),
                *("--data", corpus.folder / "data", "--windows", corpus.folder / "windows.json"),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
    return {words[0]: float(words[1]) for words in map(str.split, done.stdout.splitlines())}


def swept(corpus: Corpus, strange: Sequence[np.ndarray]) -> tuple[np.ndarray, float]:
    """The score at each threshold, and the mean of both halves with the threshold best for the other."""
    halves = [range(0, len(strange), 2), range(1, len(strange), 2)]
    curves = np.array(
        [
            [corpus.score(given, 0.5, only) for only in (None, *halves)]
            for given in ([_given(one, at) for one in strange] for at in THRESHOLDS)
        ]
    )
    first, second = curves[:, 1], curves[:, 2]
    return curves[:, 0], float(second[first.argmax()] + first[second.argmax()]) / 2


def swept_z(corpus: Corpus, scores: Sequence[np.ndarray]) -> float:
    """The best of some thresholds, muted anew for each."""
    ends = np.geomspace(2.0, 30.0, 28)
    return max(corpus.score([_given(one, at) for one in scores], 0.5) for at in ends)


def _given(strange: np.ndarray, threshold: float) -> np.ndarray:
    """1 at an alarm, else 0."""
    return alarms._alarms(strange, float(threshold), alarms.MUTED, alarms.LOUDER).astype(float)  # noqa: SLF001


def _strange(corpus: Corpus) -> list[np.ndarray]:
    return [strangeness.sustained(file.times, file.values).strange for file in corpus.files]


def _changed(corpus: Corpus, module: Any, name: str, value: Any) -> tuple[float, float]:
    """The scores with one constant changed: at the best threshold and at the default."""
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        found = [alarms.told(one, alarms.SENSITIVITY) for one in _strange(corpus)]
    finally:
        setattr(module, name, before)
    return corpus.score(found), corpus.score(found, 0.5)


def _z_score(file: File, window_days: float) -> np.ndarray:
    """How many standard deviations each value lies from the mean of the window before it."""
    length = max(10, int(window_days * 86400 / np.median(np.diff(file.times))))
    sums, squares = (np.concatenate(([0.0], np.cumsum(file.values**power))) for power in (1, 2))
    here = np.arange(len(file.values))
    begin = np.maximum(here - length, 0)
    count = np.maximum(here - begin, 1)
    mean = (sums[here] - sums[begin]) / count
    spread = np.sqrt(np.maximum((squares[here] - squares[begin]) / count - mean**2, 1e-12))
    return np.where(here > 20, np.abs(file.values - mean) / spread, 0.0)


if __name__ == "__main__":
    sys.exit(main())
