"""Whether the traffic follows the weights: judged by the requests that arrived, not by what was configured.

Under the weights each request goes to the canary with a known probability. The likelihood of what arrived,
averaged over all other probabilities (a uniform mixture), against that one is a test martingale: by Ville's
inequality it exceeds 1/alpha with probability alpha at most, however often it is looked at (Robbins, 1970).
A splitter that deals out in turn instead of by chance deviates less than that.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codesentinel.model.traffic import Arrived, Split

ALPHA = 0.001
TOLERATED = 0.02
"""A deviation of the share that harms nobody: sticky sessions, retries, a request counted twice."""


def mismatch(split: Split, arrived: Arrived) -> str:
    """What is wrong with what arrived since the weights were set; empty where nothing is."""
    meant, seen = split.canary_ratio, arrived.canary_ratio
    if not arrived.total or abs(seen - meant) <= TOLERATED * (1 if 0 < meant < 1 else 0.0):
        return ""
    if _log_evidence(meant, arrived) < -math.log(ALPHA):
        return ""
    return (
        f"the canary gets {seen:.2%} of {arrived.total} requests though its weight says {meant:.2%}:"
        " the traffic does not follow the weights"
    )


def _log_evidence(meant: float, arrived: Arrived) -> float:
    """Natural logarithm of the mixture likelihood ratio."""
    hits, misses = arrived.canary, arrived.baseline
    mixture = math.lgamma(hits + 1) + math.lgamma(misses + 1) - math.lgamma(hits + misses + 2)
    if (meant == 0 and hits) or (meant == 1 and misses):
        return math.inf
    if meant in (0, 1):
        return mixture
    return mixture - hits * math.log(meant) - misses * math.log1p(-meant)
