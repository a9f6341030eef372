"""All metrics: the score of their groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.kayenta import (
    HIGH,
    KAYENTA_FAIL,
    KAYENTA_PASS,
    LOW,
    MARGINAL,
    NODATA,
    NODATA_FAIL,
    Classification,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_COUNTED = (KAYENTA_PASS, HIGH, LOW, NODATA_FAIL)
_TOO_LITTLE = 0.5  # of the metrics without data


def score(
    classified: Sequence[tuple[tuple[str, ...], Classification]], weights: Mapping[str, float]
) -> float:
    """From 0 to 100: the share of each group's metrics that pass, weighted.

    Groups without a weight share what is left.
    """
    labels = [one.label for _, one in classified]
    critical = any(one.critical and one.label in (HIGH, LOW, NODATA) for _, one in classified)
    if critical or not labels or labels.count(NODATA) >= _TOO_LITTLE * len(labels):
        return 0.0
    groups: dict[str, list[str]] = {}
    for names, one in classified:
        for name in names or ("",):
            groups.setdefault(name, []).append(one.label)
    known = [weights[name] for name in groups if name in weights]
    unlisted = [name for name in groups if name not in weights]
    rest = max(100.0 - sum(known), 0.0) / len(unlisted) if unlisted else 0.0
    return sum(_group(labels) * weights.get(name, rest) / 100.0 for name, labels in groups.items())


def label(total: float, pass_score: float, marginal_score: float) -> str:
    """Pass, Marginal or Fail."""
    if total >= pass_score:
        return KAYENTA_PASS
    return MARGINAL if total >= marginal_score else KAYENTA_FAIL


def _group(labels: list[str]) -> float:
    """A group without any data counts in full: that is how Kayenta does it."""
    counted = [one for one in labels if one in _COUNTED]
    return 100.0 * counted.count(KAYENTA_PASS) / len(counted) if counted else 100.0
