"""What procedures are judged by, on simulations whose answer is known.

    python benchmarks/satellites/evidence.py [--simulations 2000] [--quick]

Edits: 100 runs before (or as many as the row says), 500 after, looked at after every one. Beside our
evidence stand a z test and Fisher's exact test at 5 %, looked at after every tenth run only, and Fisher's
looked at once, at the end. Intervals: the exact coverage at the rates of the first table, the average over
rates from 0.1 to 50 %, and the worst of these. Durations: a true median of 120 s, a third of the runs
aborted. Ratios: 40 procedures with few runs each.

Exit status 1 when more than 5 % of the edits that changed nothing are called at any rate, fewer than 95 % of
those from 10 % to 40 % failures, or when the interval of five runs covers less than 90 % at one of the rates.
"""

from __future__ import annotations

import argparse
import sys
import time
from functools import cache
from pathlib import Path

import numpy as np
from scipy import stats

from codesentinel.stats.proportion import proportion
from codesentinel.stats.shrinkage import pool
from codesentinel.stats.survival import CENSORED, Duration, incidence, survival_quantile
from codesentinel.stats.two_versions import log_evidence

sys.path.append(str(Path(__file__).resolve().parents[1]))
from claims import claim
from claims import share as wilson

LOOKS = 500
EVERY = 10  # of the looks of tests that are not ours
THRESHOLD = np.log(20)
RATES = (0.02, 0.05, 0.1, 0.15, 0.3, 0.5)
CHANGES = ((0.1, 0.4), (0.4, 0.15), (0.15, 0.05), (0.2, 0.1))
MOST_FALSE, LEAST_FOUND, LEAST_COVERED = 0.05, 0.95, 0.90


@cache
def fisher(k1: int, n1: int, k2: int, n2: int) -> float:
    return float(stats.fisher_exact([[k1, n1 - k1], [k2, n2 - k2]])[1])


def z_test(k1: np.ndarray, n1: np.ndarray, k2: np.ndarray, n2: int) -> np.ndarray:
    both = (k1 + k2) / (n1 + n2)
    spread = np.sqrt(both * (1 - both) * (1 / n1 + 1 / n2))
    gap = np.abs(k1 / n1 - k2 / n2)
    return 2 * stats.norm.sf(np.divide(gap, spread, out=np.zeros_like(gap), where=spread > 0))


def evidence_of(counts: np.ndarray) -> np.ndarray:
    """Of one stratum; equal cases are worked out once."""
    unique, back = np.unique(counts, axis=0, return_inverse=True)
    return np.logaddexp(*log_evidence(unique[:, None, :]))[back.ravel()]


def before_of(
    rng: np.random.Generator, rate: float, before: int | str, simulations: int
) -> tuple[np.ndarray, np.ndarray]:
    """Failures and runs before the edit; with "streak", it is made when four of the last ten runs failed."""
    if isinstance(before, int):
        return rng.binomial(before, rate, simulations), np.full(simulations, before)
    failed = rng.random((simulations, 300)) < rate
    sums = np.cumsum(failed, axis=1)
    last = sums - np.pad(sums, ((0, 0), (10, 0)))[:, :-10]
    bad = last >= 4
    bad[:, :20] = False
    bad[:, -1] = True
    runs = bad.argmax(axis=1) + 1
    return sums[np.arange(simulations), runs - 1], runs


def edit(
    rate: float, after: float, *, simulations: int, before: int | str = 100, seed: int = 1
) -> dict[str, float]:
    """Shares of simulations that each method calls, and the run at which ours does."""
    rng = np.random.default_rng([seed, round(rate * 1000), round(after * 1000)])
    k1, n1 = before_of(rng, rate, before, simulations)
    k2 = np.cumsum(rng.random((simulations, LOOKS)) < after, axis=1)
    when = np.zeros(simulations, dtype=int)
    peeked, naive = np.zeros(simulations, dtype=bool), np.zeros(simulations, dtype=bool)
    for look in range(1, LOOKS + 1):
        waiting = np.flatnonzero(when == 0)
        now = k2[waiting, look - 1]
        counts = np.column_stack((k1[waiting], n1[waiting], now, np.full(len(waiting), look)))
        when[waiting[evidence_of(counts) >= THRESHOLD]] = look
        if look % EVERY == 0:
            naive |= z_test(k1, n1, k2[:, look - 1], look) < 0.05
            for i in np.flatnonzero(~peeked):
                peeked[i] = fisher(int(k1[i]), int(n1[i]), int(k2[i, look - 1]), look) < 0.05
    once = [fisher(int(a), int(n), int(b), LOOKS) < 0.05 for a, n, b in zip(k1, n1, k2[:, -1], strict=True)]
    found = when > 0
    return {
        "ours": float(found.mean()),
        "run": float(np.median(when[found])) if found.any() else float("nan"),
        "z": float(naive.mean()),
        "peeked": float(peeked.mean()),
        "once": float(np.mean(once)),
    }


def strata(simulations: int, shift: float, looks: range) -> float:
    """Four agents that fail at 5 to 60 %, unchanged or all worse by as many log-odds; ours alone."""
    rng = np.random.default_rng(4)
    base = np.array([0.05, 0.1, 0.3, 0.6])
    later = 1 / (1 + np.exp(-(np.log(base / (1 - base)) + shift)))
    of_before = rng.integers(0, 4, (simulations, 100))
    # the mix changes with the edit: the weak agents run more often since
    of_after = rng.choice(4, (simulations, LOOKS), p=(0.1, 0.1, 0.4, 0.4))
    failed_before = rng.random(of_before.shape) < base[of_before]
    failed_after = rng.random(of_after.shape) < later[of_after]
    called = np.zeros(simulations, dtype=bool)
    for look in looks:
        counts = np.empty((simulations, 4, 4), dtype=np.int64)
        for one in range(4):
            mine, now = of_before == one, of_after[:, :look] == one
            counts[:, one] = np.column_stack(
                (
                    (failed_before & mine).sum(1),
                    mine.sum(1),
                    (failed_after[:, :look] & now).sum(1),
                    now.sum(1),
                )
            )
        called |= np.logaddexp(*log_evidence(counts)) >= THRESHOLD
    return float(called.mean())


def edits(simulations: int) -> list[str]:
    """The table of edits; what misses a limit."""
    missed, few = [], max(simulations // 10, 20)
    print(f"{'edit':<38}{'ours':>8}{'at run':>8}{'z, peeked':>11}{'Fisher, peeked':>16}{'Fisher, once':>14}")
    rows = [(rate, rate, 100) for rate in RATES] + [(0.15, 0.15, 20)]
    rows += [(a, b, 100) for a, b in CHANGES] + [(0.1, 0.4, 20), (0.15, 0.15, "streak")]
    for rate, after, before in rows:
        number = few if before == "streak" else simulations  # there no two cases are alike
        found = edit(rate, after, simulations=number, before=before)
        what = f"none, {rate:.0%}" if rate == after else f"{rate:.0%} to {after:.0%}"
        extra = (
            ""
            if before == 100
            else f", after a streak ({few})"
            if before == "streak"
            else f", {before} before"
        )
        print(
            f"{what + extra:<38}{found['ours']:>8.1%}{found['run']:>8.0f}{found['z']:>11.1%}"
            f"{found['peeked']:>16.1%}{found['once']:>14.1%}",
            flush=True,
        )
        number = few if before == "streak" else simulations
        claim(
            f"edit {what}{extra}: {'false alarms' if rate == after else 'found'}",
            found["ours"],
            "%",
            peer="z-test, peeked at",
            theirs=found["z"],
            spread=wilson(found["ours"] * number, number),
            limit=f"at most {MOST_FALSE:.0%}" if rate == after else "",
        )
        if rate == after and found["ours"] > MOST_FALSE:
            missed.append(f"{found['ours']:.1%} false alarms at {rate:.0%}{extra}")
        if (rate, after, before) == (0.1, 0.4, 100) and found["ours"] < LEAST_FOUND:
            missed.append(f"10 % to 40 % found in {found['ours']:.1%}")
    for what, shift in (("none, four agents, another mix", 0.0), ("worse for four agents, another mix", 1.5)):
        share = strata(few, shift, range(5, LOOKS + 1, 5))
        print(f"{what:<38}{share:>8.1%}   ({few} simulations, every fifth run)", flush=True)
        if not shift and share > MOST_FALSE:
            missed.append(f"{share:.1%} false alarms with strata")
    return missed


def coverage() -> list[str]:
    """The table of intervals."""
    rates = np.linspace(0.001, 0.5, 500)
    print(f"\n{'coverage of a 95 % interval':<22}{'at our rates':>13}{'average':>9}{'worst':>7}")
    missed = []
    for runs in (5, 10, 20, 50):
        k = np.arange(runs + 1)
        wilson = np.array([proportion(int(one), runs)[1:] for one in k])
        jeffreys = np.column_stack([stats.beta.ppf(q, k + 0.5, runs - k + 0.5) for q in (0.025, 0.975)])
        jeffreys[0, 0], jeffreys[-1, 1] = 0.0, 1.0
        half = 1.96 * np.sqrt(k / runs * (1 - k / runs) / runs)
        wald = np.column_stack((k / runs - half, k / runs + half))
        for name, bounds in (("Wilson", wilson), ("Jeffreys", jeffreys), ("Wald", wald)):
            ours, every = (_covered(bounds, runs, some) for some in (np.array(RATES), rates))
            what = f"{runs} runs, {name}"
            print(f"{what:<22}{ours.min():>13.1%}{every.mean():>9.1%}{every.min():>7.1%}")
            if (runs, name) == (5, "Wilson") and ours.min() < LEAST_COVERED:
                missed.append(f"five runs: the interval covers {ours.min():.1%}")
    return missed


def _covered(bounds: np.ndarray, runs: int, rates: np.ndarray) -> np.ndarray:
    """The chance, at each rate, that the interval holds it."""
    inside = (bounds[:, :1] <= rates) & (rates <= bounds[:, 1:])
    return (inside * stats.binom.pmf(np.arange(runs + 1)[:, None], runs, rates)).sum(axis=0)


def durations_and_ratios() -> None:
    """Medians with a third aborted, and errors of ratios with and without a pool."""
    rng = np.random.default_rng(2)
    medians = []
    for _ in range(200):
        true, patience = rng.lognormal(np.log(120), 1, 200), rng.lognormal(np.log(220), 1.2, 200)
        seen, done = np.minimum(true, patience), true <= patience
        steps = incidence([Duration(s, 0 if d else CENSORED, 1) for s, d in zip(seen, done, strict=True)], 1)
        medians.append(
            (survival_quantile(steps, 0.5), np.median(seen[done]), np.median(seen), 1 - done.mean())
        )
    ours, succeeded, every, aborted = np.mean(medians, axis=0)
    print(f"\nmedian of 120 s with {aborted:.0%} aborted: ours {ours:.0f} s,"
          f" of those that completed {succeeded:.0f} s, of all {every:.0f} s")  # fmt: skip
    raw, shrunken = [], []
    for _ in range(200):
        truth, runs = rng.beta(2, 18, 40), rng.geometric(0.17, 40)
        failures = rng.binomial(runs, truth)
        pooled = pool(list(zip(failures.tolist(), runs.tolist(), strict=True)))
        guess = np.array([pooled.shrunken(int(k), int(n)) for k, n in zip(failures, runs, strict=True)])
        raw.append(np.mean((failures / runs - truth) ** 2))
        shrunken.append(np.mean((guess - truth) ** 2))
    plain, ours = np.mean(raw), np.mean(shrunken)
    print(f"error of failure ratios, median 4 runs: plain {plain:.4f}, shrunken {ours:.4f}")


def main() -> int:
    """Print the tables; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulations", type=int, default=2000)
    parser.add_argument("--quick", action="store_true", help="100 simulations, no limits")
    args = parser.parse_args()
    began = time.perf_counter()
    simulations = 100 if args.quick else args.simulations
    print(f"{simulations} simulations a row, {LOOKS} runs after the edit, looked at after every one")
    missed = edits(simulations) + coverage()
    durations_and_ratios()
    print(f"{time.perf_counter() - began:.0f} s; limits: {'; '.join(missed) or 'kept'}")
    return int(bool(missed) and not args.quick)


if __name__ == "__main__":
    sys.exit(main())
