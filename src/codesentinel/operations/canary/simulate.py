"""``canary simulate``: what a canary at this traffic would find, and how long that takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.config.canary import read_canary
from codesentinel.model.canary_power import CanaryPower
from codesentinel.model.errors import UsageError
from codesentinel.operations.base import Context, operation
from codesentinel.operations.history import needs_arrays

if TYPE_CHECKING:
    from collections.abc import Callable

HARMS = (1.0, 1.1, 1.25, 1.5, 2.0, 5.0)
RUNS = 100
_SEED = 20261125
_MOST_BLOCKS = 2000


@operation("canary.simulate", metadata=lambda found: {"metrics": len({one.metric for one in found.powers})})
def simulate(
    context: Context,
    *,
    config_path: str,
    requests_per_minute: float,
    canary_share: float = 0.5,
    error_ratio: float = 0.001,
    harms: tuple[float, ...] = HARMS,
    runs: int = RUNS,
    progress: Callable[[float], None] = lambda _: None,
) -> CanaryPower:
    """Draw canaries by chance and judge them: how often they are stopped or pass, and when.

    ``requests_per_minute`` are those of both arms together; ``error_ratio`` is the baseline's. Seeds are
    fixed.

    Raises:
        UsageError: a number makes no sense.
        ConfigurationError: all mistakes in the file.
        NotInstalled: the numerical library is missing.
    """
    with needs_arrays():
        import numpy as np

        from codesentinel.analysis.experiments.simulate import Traffic, powers
    config = read_canary(context.root / config_path, config_path)
    for name, value, low, high in (
        ("--requests-per-minute", requests_per_minute, 0.0, 1e9),
        ("--canary-share", canary_share, 0.0, 1.0),
        ("--error-ratio", error_ratio, 0.0, 1.0),
        *(("--harm", harm, 0.0, 1e6) for harm in harms),
    ):
        if not low < value < high:
            raise UsageError(f"{name} should lie between {low:g} and {high:g}, not {value:g}")
    if not 1 <= runs <= 100_000:
        raise UsageError(f"--runs should lie between 1 and 100000, not {runs}")
    if config.deadline_seconds / config.block_seconds > _MOST_BLOCKS:
        raise UsageError(
            f"the deadline is more than {_MOST_BLOCKS} blocks away",
            hint="a longer block, or an earlier deadline",
        )
    found = []
    total = len(config.metrics) * len(harms)
    traffic = Traffic(requests_per_minute, canary_share, error_ratio)
    for one in powers(config, traffic, harms, runs, np.random.default_rng(_SEED)):
        found.append(one)
        progress(len(found) / total)
    return CanaryPower(
        requests_per_minute=requests_per_minute,
        canary_share=canary_share,
        deadline_seconds=config.deadline_seconds,
        alpha=config.alpha,
        runs=runs,
        powers=tuple(found),
    )
