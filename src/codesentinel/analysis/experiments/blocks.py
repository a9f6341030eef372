"""Ticks taken together into blocks of one length: how finely they were read does not matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from codesentinel.model.canary import ArmCounts, CanaryConfig, MetricCounts, Observations

_SLACK = 1e-6  # of a block: edges are sums of floating point numbers


class Blocks(NamedTuple):
    """Which block each tick belongs to (-1: warm-up), and when the blocks end (epoch seconds)."""

    of_tick: NDArray[np.intp]
    ends: NDArray[np.float64]


class Counted(NamedTuple):
    """A metric by block; requests of shape (blocks,), events of shape (blocks, k); canary, then baseline."""

    requests: tuple[NDArray[np.float64], NDArray[np.float64]]
    events: tuple[NDArray[np.float64], NDArray[np.float64]]
    unknown_ticks: int
    ticks: int


def blocks(config: CanaryConfig, seen: Observations) -> Blocks:
    """The blocks begin when the warm-up is over. A tick that is longer than a block is a block."""
    begin = (seen.edges[0] if seen.started_at is None else seen.started_at) + config.warm_up_seconds
    starts, ends = seen.edges[:-1], seen.edges[1:]
    slack = _SLACK * config.block_seconds
    place = np.ceil((ends - begin - slack) / config.block_seconds).astype(np.intp) - 1
    kept = starts >= begin - slack
    numbers, of_kept = np.unique(place[kept], return_inverse=True)
    of_tick = np.full(len(starts), -1, dtype=np.intp)
    of_tick[kept] = of_kept
    block_ends = np.zeros(len(numbers))
    np.maximum.at(block_ends, of_kept, ends[kept])
    return Blocks(of_tick, block_ends)


def counted(metric: MetricCounts, into: Blocks) -> Counted:
    """All instances of an arm together. What is not known in one arm only counts as silence of that arm."""
    (n, x), (m, y) = _summed(metric.canary), _summed(metric.baseline)
    used = into.of_tick >= 0
    missing = np.isnan(n) | np.isnan(m)
    sums = [_by_block(np.nan_to_num(one), used, into) for one in (n[:, None], m[:, None], x, y)]
    unknown = int((missing & used).sum())
    return Counted((sums[0][:, 0], sums[1][:, 0]), (sums[2], sums[3]), unknown, int(used.sum()))


def _summed(arm: ArmCounts) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Over instances; one that is silent counts nothing, and where all are it is unknown."""
    alive = np.isfinite(arm.requests) & np.isfinite(arm.events).all(axis=2)
    requests = np.where(alive, arm.requests, 0.0).sum(axis=0)
    events = np.where(alive[:, :, None], arm.events, 0.0).sum(axis=0)
    requests[~alive.any(axis=0)] = np.nan
    return requests, events


def _by_block(values: NDArray[np.float64], used: NDArray[np.bool_], into: Blocks) -> NDArray[np.float64]:
    sums = np.zeros((len(into.ends), values.shape[1]))
    np.add.at(sums, into.of_tick[used], values[used])
    return sums
