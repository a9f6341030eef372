"""When paths first reach a limit, by simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codesentinel.stats.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from codesentinel.stats.drift import Draws

    Floats = NDArray[np.float64]


def first_passage(
    draws: Draws,
    limit: float,
    steps: int,
    *,
    season: Floats,
    jumps: Floats,
    jump_rates: Floats,
    normals: Floats,
    uniforms: Floats,
) -> NDArray[np.int64]:
    """The first of ``steps`` steps at which each draw is at the limit; ``steps + 1`` where it never is.

    ``season`` is what recurs, (period,), beginning with the first step; ``jumps`` the sizes that were
    seen, and ``jump_rates`` how often a step has one, (draws,). ``normals`` (power of two,) and
    ``uniforms`` are tables of chance, read from another place for each draw.
    """
    return _passed(
        draws.level,
        draws.slope,
        draws.noise,
        draws.walk,
        draws.scatter,
        draws.correlation,
        limit,
        steps,
        season,
        jumps,
        jump_rates,
        normals,
        uniforms,
    )


@compiled
def _passed(  # noqa: PLR0917
    level: Floats,
    slope: Floats,
    noise: Floats,
    walk: Floats,
    scatter: Floats,
    correlation: Floats,
    limit: float,
    steps: int,
    season: Floats,
    jumps: Floats,
    rates: Floats,
    normals: Floats,
    uniforms: Floats,
) -> NDArray[np.int64]:
    count = len(level)
    out = np.full(count, steps + 1)
    mask = len(normals) - 1
    even = len(uniforms) - 1
    period = len(season)
    kinds = len(jumps)
    sample = np.zeros(max(kinds, 1))
    for d in range(count):
        at = (d * 40503) & mask
        drawn = (d * 9973) & even
        x, a, b = level[d], noise[d], slope[d]
        sw, r = walk[d], correlation[d]
        se = scatter[d] * np.sqrt(1 - r * r)
        wait = steps + 2.0
        if kinds > 0 and rates[d] > 0:
            for k in range(kinds):
                drawn = (drawn + 1) & even
                sample[k] = jumps[int(uniforms[drawn] * kinds)]
            drawn = (drawn + 1) & even
            wait = -np.log(uniforms[drawn]) / rates[d]
        phase = 0
        for h in range(1, steps + 1):
            x += b + sw * normals[at]
            a = r * a + se * normals[(at + 1) & mask]
            at = (at + 2) & mask
            while wait <= h:
                x += sample[int(uniforms[(drawn + 1) & even] * kinds)]
                drawn = (drawn + 2) & even
                wait += -np.log(uniforms[drawn]) / rates[d]
            if x + a + season[phase] >= limit:
                out[d] = h
                break
            phase += 1
            if phase == period:
                phase = 0
    return out
