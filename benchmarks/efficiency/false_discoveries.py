"""How often are two metrics that know nothing of each other "explained" by each other?

Usage: python benchmarks/efficiency/false_discoveries.py [--pairs 1000] [--seed 1]

Pairs of independent series with the autocorrelation of real metrics: random walks, walks under noise,
AR(1) processes near a unit root, smoothed ones, gauges that switch between two levels, single steps. Each
pair is asked as `codesentinel bottleneck` asks: rank correlation at seven lags, of levels and of steps,
false discoveries controlled over all of them. Beside it stands Pearson's coefficient with its textbook p.
Then the other way round: the second series depends on the first, two samples later, under noise of the
same autocorrelation; how often is that found? Exit status 1 when more than 5 % of the independent pairs are
called, or fewer than 90 % of the dependent ones found (at n = 240, correlation 0.6).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import lfilter
from scipy.stats import false_discovery_control, pearsonr

from codesentinel.stats.lagged_rank import lagged_ranks

sys.path.append(str(Path(__file__).resolve().parents[1]))
from claims import claim, share

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

KINDS = (
    "random walk",
    "walk under noise",
    "AR(1) 0.98",
    "AR(1) 0.9",
    "smoothed AR",
    "two levels",
    "one step",
)
LAGS = range(-1, 6)
LEVEL = 0.05
LEAST_POWER = 0.9
TRUE_LAG, TRUE_CORRELATION = 2, 0.6
_RUN_IN = 200


def series(kind: str, n: int, chance: Generator) -> Floats:
    """One series of a kind."""
    noise = chance.standard_normal(n + _RUN_IN)
    if kind == "random walk":
        return np.cumsum(noise)[-n:]
    if kind == "walk under noise":
        return (np.cumsum(noise) + 3 * chance.standard_normal(n + _RUN_IN))[-n:]
    if kind.startswith("AR(1)"):
        return lfilter([1], [1, -float(kind.split()[1])], noise)[-n:]
    if kind == "smoothed AR":
        return lfilter([1, 0.6, 0.3], [1, -0.9], noise)[-n:]
    level = np.zeros(n)
    if kind == "one step":
        level[chance.integers(n // 4, 3 * n // 4) :] = 1
    else:
        at = 0
        for turn in range(n):
            longer = int(chance.integers(4, 14))
            level[at : at + longer] = turn % 2
            at += longer
    return level + 0.15 * chance.standard_normal(n)


def dependent(kind: str, n: int, chance: Generator) -> tuple[Floats, Floats]:
    """A cause and, two samples later, its effect under noise of the same autocorrelation."""
    noise_kind = "AR(1) 0.9" if kind in ("two levels", "one step") else kind
    cause, noise = series(kind, n + TRUE_LAG, chance), series(noise_kind, n, chance)
    # what has no variance of its own is measured by its steps
    size = (lambda one: np.diff(one).std()) if "walk" in kind else np.std
    shifted = cause[:-TRUE_LAG] / size(cause)
    effect = TRUE_CORRELATION * shifted + (1 - TRUE_CORRELATION**2) ** 0.5 * noise / size(noise)
    return cause[TRUE_LAG:], effect


def called(cause: Floats, effect: Floats) -> bool:
    """Whether anything is left when false discoveries are controlled."""
    p_values = [one.p_value for one in lagged_ranks(cause, effect, LAGS)]
    return bool(min(false_discovery_control(p_values)) <= LEVEL)


def best_p(cause: Floats, effect: Floats) -> float:
    """The pair's own p-value, over all lags (Simes 1986, which is what the control stands on)."""
    return float(min(false_discovery_control([one.p_value for one in lagged_ranks(cause, effect, LAGS)])))


def measure(pairs: int, n: int, seed: int) -> dict[str, tuple[float, float, float]]:
    """By kind: the share of independent pairs called, by us and by Pearson, and of dependent ones found."""
    found = {}
    for kind in KINDS:
        chance = np.random.default_rng([seed, n, KINDS.index(kind)])
        each = -(-pairs // len(KINDS))
        ours = plain = power = 0
        for _ in range(each):
            one, other = series(kind, n, chance), series(kind, n, chance)
            ours += called(one, other)
            plain += bool(pearsonr(one, other).pvalue <= LEVEL)
            power += called(*dependent(kind, n, chance))
        found[kind] = (ours / each, plain / each, power / each)
    return found


def mixed(pairs: int, n: int, seed: int) -> tuple[int, int, int, int]:
    """All pairs judged together, a tenth of them dependent: calls, false ones, those found, and there."""
    chance = np.random.default_rng([seed, n, 99])
    there = pairs // 10
    p_values = []
    for at in range(pairs):
        kind = KINDS[at % len(KINDS)]
        pair = (
            dependent(kind, n, chance) if at < there else (series(kind, n, chance), series(kind, n, chance))
        )
        p_values.append(best_p(*pair))
    calls = false_discovery_control(p_values) <= LEVEL
    return int(calls.sum()), int(calls[there:].sum()), int(calls[:there].sum()), there


def main() -> int:
    """Print the tables; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description="False discoveries among independent metrics.")
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    missed = False
    for n in (90, 240):
        found = measure(options.pairs, n, options.seed)
        print(f"n = {n}, {options.pairs} independent pairs, level {LEVEL:.0%}")
        print(f"  {'kind':18} {'called by us':>14} {'by Pearson':>12} {'dependent ones found':>22}")
        for kind, (ours, plain, power) in found.items():
            print(f"  {kind:18} {ours:14.1%} {plain:12.1%} {power:22.1%}")
        ours, plain, power = (sum(column) / len(found) for column in zip(*found.values(), strict=True))
        print(f"  {'all':18} {ours:14.1%} {plain:12.1%} {power:22.1%}")
        claim(
            f"independent pairs called related, n = {n}",
            ours,
            "%",
            peer="Pearson",
            theirs=plain,
            spread=share(ours * options.pairs, options.pairs),
            limit=f"at most {LEVEL:.0%}",
        )
        claim(
            f"dependent pairs found, n = {n}",
            power,
            "%",
            limit=f"at least {LEAST_POWER:.0%}" if n == 240 else "",
        )
        missed |= ours > LEVEL or (n == 240 and power < LEAST_POWER)
    calls, false, hits, there = mixed(options.pairs, 240, options.seed)
    print(f"judged together, n = 240: {calls} of {options.pairs} called,")
    print(f"  {false} of them falsely ({false / max(calls, 1):.1%});")
    print(f"  {hits} of {there} dependent ones found")
    return 1 if missed or false > LEVEL * max(calls, 1) + 2 else 0


if __name__ == "__main__":
    sys.exit(main())
