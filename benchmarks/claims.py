"""What a benchmark found, one claim at a time: ours beside the named peer, for `docs/benchmarks.md`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import NamedTuple

CLAIMS = "BENCHMARK_CLAIMS"
"""The environment variable that names the file which takes the claims; our own settings do not know it."""


class Spread(NamedTuple):
    """The least and the largest of several rounds, or an interval of 95 %."""

    low: float
    high: float


def claim(
    what: str,
    ours: float,
    unit: str,
    *,
    peer: str = "",
    theirs: float | None = None,
    ratio: float | None = None,
    spread: Spread | None = None,
    limit: str = "",
) -> None:
    """Keep one figure.

    Args:
        what: the sentence that the figure is of.
        ours: the figure, in ``unit``; "%" takes a ratio of 0 to 1.
        unit: of both figures.
        peer: what it is compared with in the same run.
        theirs: the peer's figure.
        ratio: ours to theirs; where nothing is said, the one divided by the other.
        spread: of the ratio where there is a peer, else of ``ours``.
        limit: what the benchmark demands, in words.
    """
    path = os.environ.get(CLAIMS)
    if not path:
        return
    if ratio is None and theirs:
        ratio = ours / theirs
    row = {
        "what": what,
        "ours": float(ours),
        "unit": unit,
        "peer": peer,
        "theirs": None if theirs is None else float(theirs),
        "ratio": None if ratio is None else float(ratio),
        "spread": None if spread is None else [float(spread.low), float(spread.high)],
        "limit": limit,
    }
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


def share(hits: float, of: int) -> Spread | None:
    """Wilson's 95 % interval of a share; None of nothing."""
    from codesentinel.stats.proportion import proportion

    interval = proportion(round(hits), int(of))
    return None if interval is None else Spread(interval.lower, interval.upper)
