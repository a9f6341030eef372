"""1,000 series with known periods or none: which are found, and which are found that are not there.

    python benchmarks/trends/seasonality.py [--series 1000] [--quick]

The series are made by `seasonality_series.py`; the seed is not one that the method was tuned on. Beside ours,
peers that know the right question already, since they only choose among 6 h, a day, a week and a month: peaks
of the autocorrelation above 0.3, and Fisher's g test of the periodogram at 1 %, both after a straight line
was taken out. A period is right within 3 %. Daily is neither asked for nor wrong in a rhythm of the hours
of the week. Bounds are Clopper and Pearson's, 95 %.

Exit status 1 when ours finds under 95 % of the true periods, or when more than 2 % of what it names, or of
all series, is false.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy.stats import beta
from seasonality_series import DAY, EXTRAS, HOUR, NOISES, RHYTHMS, WEEK, make

from codesentinel.analysis.trends.seasonality.grid import grid
from codesentinel.analysis.trends.seasonality.periods import find_periods

sys.path.append(str(Path(__file__).resolve().parents[1]))
from claims import claim, share

SEED = 20261125
TOLERANCE = 0.03
LEAST_FOUND, MOST_FALSE = 0.95, 0.02
ASKED = (6 * HOUR, DAY, WEEK, 30.436875 * DAY)


def ours(times: np.ndarray, values: np.ndarray) -> list[float]:
    laid = grid(times, values)
    return [] if isinstance(laid, str) else [one.period_seconds for one in find_periods(laid)]


def autocorrelation(times: np.ndarray, values: np.ndarray) -> list[float]:
    step, rest = times[1] - times[0], straightened(values)
    power = np.abs(np.fft.rfft(rest, 2 * len(rest))) ** 2
    r = np.fft.irfft(power)[: len(rest)] / (rest @ rest)
    found = []
    for period in ASKED:
        lag = round(period / step)
        around = r[lag - lag // 8 : lag + lag // 8 + 1]
        if 2 * lag < len(rest) and r[lag] > 0.3 and r[lag] >= around.max() - 0.02:
            found.append(period)
    return found


def fishers_g(times: np.ndarray, values: np.ndarray) -> list[float]:
    step, rest = times[1] - times[0], straightened(values)
    power = np.abs(np.fft.rfft(rest))[1:] ** 2
    share, count = power / power.sum(), len(power)
    threshold = 1 - (0.01 / count) ** (1 / (count - 1))
    found = []
    for period in ASKED:
        bin_ = len(rest) * step / period - 1
        near = share[max(round(bin_) - 1, 0) : round(bin_) + 2]
        if bin_ >= 1 and near.max() > threshold:
            found.append(period)
    return found


def straightened(values: np.ndarray) -> np.ndarray:
    values = np.where(np.isfinite(values), values, np.nanmean(values))
    x = np.arange(len(values))
    return values - np.polyval(np.polyfit(x, values, 1), x)


METHODS = {"ours": ours, "autocorrelation": autocorrelation, "Fisher's g": fishers_g}


def main() -> int:
    """Print the table; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--series", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--quick", action="store_true", help="60 series, no limits")
    args = parser.parse_args()
    count = 60 if args.quick else args.series
    rows: dict[tuple[str, str], np.ndarray] = defaultdict(lambda: np.zeros(5, int))
    seconds: dict[str, float] = defaultdict(float)
    for index in range(count):
        rng = np.random.default_rng([args.seed, index])
        rhythm = RHYTHMS[index % len(RHYTHMS)] if index % 3 else "none"
        made = make(rng, rhythm, str(rng.choice(NOISES)), str(rng.choice(EXTRAS)))
        kinds = ("all", f"rhythm {rhythm}", f"noise {made.noise}", f"with {made.extra or 'neither'}")
        for name, method in METHODS.items():
            began = time.perf_counter()
            found = method(made.times, made.values)
            seconds[name] += time.perf_counter() - began
            hits = sum(any(_same(one, true) for one in found) for true in made.periods)
            false = sum(not any(_same(one, true) for true in made.periods + made.allowed) for one in found)
            for kind in kinds:
                rows[name, kind] += (1, len(made.periods), hits, len(found), false)
    _print(rows)
    for name in METHODS:
        print(f"{name}: {count / seconds[name]:.0f} series/s")
    if args.quick:
        return 0
    series, true, hits, named, false = rows["ours", "all"]
    for name in METHODS:
        _, all_true, found, all_named, wrong = rows[name, "all"]
        if name == "ours":
            claim(
                f"rhythms found, of {all_true}",
                found / all_true,
                "%",
                spread=share(found, all_true),
                limit="at least 95 %",
            )
            claim(
                f"named though not there, of {all_named}",
                wrong / all_named,
                "%",
                spread=share(wrong, all_named),
                limit="at most 2 %",
            )
        else:
            claim("rhythms found", hits / true, "%", peer=name, theirs=found / all_true)
            claim("named though not there", false / named, "%", peer=name, theirs=wrong / max(all_named, 1))
    missed = hits < LEAST_FOUND * true or false > MOST_FALSE * named or false > MOST_FALSE * series
    print(
        f"found {hits / true:.1%} (>= 95%), false {false / named:.1%} of those named (<= 2%): "
        f"{'missed' if missed else 'kept'}"
    )
    return int(missed)


def _same(one: float, true: float) -> bool:
    return abs(one / true - 1) < TOLERANCE


def _print(rows: dict[tuple[str, str], np.ndarray]) -> None:
    head = "series   true   found                    named  false"
    for name in METHODS:
        print(f"\n{name:<30} {head}")
        for (method, kind), (series, true, hits, named, false) in sorted(rows.items()):
            if method == name:
                print(f"  {kind:<28} {series:>6} {true:>6}   {_share(hits, true)}  {named:>6}  "
                      f"{_share(false, named)}")  # fmt: skip


def _share(hits: int, trials: int) -> str:
    if not trials:
        return f"{'-':<22}"
    low = beta.ppf(0.025, hits, trials - hits + 1) if hits else 0.0
    high = beta.ppf(0.975, hits + 1, trials - hits) if hits < trials else 1.0
    return f"{hits / trials:6.1%} ({low:5.1%} {high:6.1%})"


if __name__ == "__main__":
    sys.exit(main())
