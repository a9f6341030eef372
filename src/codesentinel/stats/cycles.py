"""Series that are filled and cleaned up again and again: what matters is the envelope of their peaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codesentinel.stats.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from codesentinel.stats.changepoint import Jumps

    Floats = NDArray[np.float64]

_FEWEST = 3
_SEED = 20261125


class Cycles(NamedTuple):
    """A saw: a line through the lowest point of each cycle, filled at a rate until the next clean-up.

    ``lengths`` are those of whole cycles, in steps; ``rate`` is what is filled in a step, ``now`` the
    fitted value at the last sample, ``age`` the steps since the last clean-up. The line is at ``base``
    at the last sample and grows by ``slope`` a step; ``root @ root.T`` is their covariance, of
    ``freedom`` degrees. ``remainder`` is the standard deviation of what a clean-up leaves, ``scatter``
    the one within a cycle.
    """

    lengths: Floats
    rate: float
    now: float
    age: int
    base: float
    slope: float
    root: Floats
    freedom: int
    remainder: float
    scatter: float


def find_cycles(values: Floats, jumps: Jumps) -> Cycles | None:
    """The cycles, if clean-ups undo at least half of what is filled in; None otherwise."""
    places = _cleanups(values, jumps)
    if places is None:
        return None
    n = len(values)
    pieces = [values[a:b] for a, b in zip(places, np.append(places[1:], n), strict=True)]
    moments = [np.arange(len(piece)) - (len(piece) - 1) / 2 for piece in pieces]
    squares = sum(float(x @ x) for x in moments)
    if not squares:
        return None
    rate = sum(float(x @ piece) for x, piece in zip(moments, pieces, strict=True)) / squares
    heights = np.array([float(piece.mean()) + rate * x[0] for x, piece in zip(moments, pieces, strict=True)])
    scatter = np.concatenate([p - p.mean() - rate * x for x, p in zip(moments, pieces, strict=True)])
    design = np.column_stack([np.ones(len(heights)), places - (n - 1.0)])
    gram = np.linalg.inv(design.T @ design)
    base, slope = gram @ design.T @ heights
    remainders = heights - design @ [base, slope]
    freedom = max(len(heights) - 2, 1)
    variance = float(remainders @ remainders) / freedom
    return Cycles(
        lengths=np.diff(places).astype(float),
        rate=rate,
        now=float(heights[-1]) + rate * (len(pieces[-1]) - 1),
        age=n - int(places[-1]),
        base=float(base),
        slope=float(slope),
        root=np.linalg.cholesky(gram) * np.sqrt(variance),
        freedom=freedom,
        remainder=float(np.sqrt(variance)),
        scatter=float(np.sqrt(np.mean(scatter**2))),
    )


def _cleanups(values: Floats, jumps: Jumps) -> NDArray[np.int64] | None:
    down = jumps.sizes < 0
    places, sizes = jumps.places[down], -jumps.sizes[down]
    if len(places) < _FEWEST:
        return None
    large = sizes > 0.25 * np.median(sizes)
    places, sizes = places[large], sizes[large]
    filled = float(values[-1] - values[0] + sizes.sum())
    if len(places) < _FEWEST or filled <= 0 or sizes.sum() < 0.5 * filled:
        return None
    return places


def cycle_passage(  # noqa: PLR0917
    cycles: Cycles, limit: float, steps: int, season: Floats, normals: Floats, draws: int
) -> NDArray[np.int64]:
    """The step at which each of ``draws`` futures is at the limit; ``steps + 1`` for never."""
    rng = np.random.default_rng(_SEED)
    scales = np.sqrt(cycles.freedom / rng.chisquare(cycles.freedom, draws))
    lines = rng.standard_normal((draws, 2)) @ cycles.root.T * scales[:, None] + [cycles.base, cycles.slope]
    count = len(cycles.lengths)
    spreads = max(float(cycles.lengths.std(ddof=1)), 0.02 * float(cycles.lengths.mean())) * np.sqrt(
        (count - 1) / rng.chisquare(count - 1, draws)
    )
    periods = cycles.lengths.mean() + spreads * rng.standard_normal(draws) / np.sqrt(count)
    return _passed(
        lines,
        cycles.remainder * scales,
        periods,
        spreads,
        cycles.rate,
        cycles.now,
        cycles.age,
        cycles.scatter,
        limit,
        steps,
        season,
        normals,
    )


@compiled
def _passed(  # noqa: PLR0917
    lines: Floats,
    remainders: Floats,
    periods: Floats,
    spreads: Floats,
    rate: float,
    now: float,
    age: int,
    scatter: float,
    limit: float,
    steps: int,
    season: Floats,
    normals: Floats,
) -> NDArray[np.int64]:
    count = len(lines)
    out = np.full(count, steps + 1)
    mask = len(normals) - 1
    for d in range(count):
        at = (d * 40503) & mask
        x, old = now, age
        due = 0.0
        for _ in range(8):
            due = periods[d] + spreads[d] * normals[at]
            at = (at + 1) & mask
            if due > old:
                break
        due = max(due, old + 1.0)
        for h in range(1, steps + 1):
            old += 1
            x += rate
            if old > due:
                old = 0
                due = periods[d] + spreads[d] * normals[at]
                x = lines[d, 0] + lines[d, 1] * h + remainders[d] * normals[(at + 1) & mask]
                at = (at + 2) & mask
            if x + scatter * normals[at] + season[(h - 1) % len(season)] >= limit:
                out[d] = h
                break
            at = (at + 1) & mask
    return out
