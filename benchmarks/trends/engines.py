"""Many series forecast here and on a Dask cluster: the same numbers, though a worker is killed.

    python benchmarks/trends/engines.py [--series 20000] [--workers 2] [--quick]

Hourly series of three weeks with a daily rhythm and noise, forecast a day ahead: on the cores of this
machine (`--engine local`), on a Dask cluster (`--engine dask`), and there again while one of its workers is
killed with SIGKILL after a tenth of the results. Workers are warm: each forecast some series before.

Exit status 1 when a number differs by more than 1e-9 of its size, or a result is missing after the kill.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import signal
import sys
import time
from typing import TYPE_CHECKING

import numpy as np

from codesentinel.analysis.trends.forecast.judge import Question
from codesentinel.analysis.trends.given import Given
from codesentinel.model.series import Series
from codesentinel.operations.engines.place import Place
from codesentinel.operations.trends.forecast import forecast_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from codesentinel.model.forecast import Forecast

HOUR, DAY = 3600.0, 86400.0
LENGTH, SEED, QUICK, WARM = 21 * 24, 20261125, 300, 100
MOST_DIFFERENCE = 1e-9
FIELDS = ("times", "mean", "lower", "upper")


def main() -> int:
    """Print what each took and how far they differ; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--series", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} series, with a worker killed only")
    args = parser.parse_args()
    given = made(QUICK if args.quick else args.series)
    warm = [] if args.quick else given[:WARM]
    here, seconds = timed(given, Place(workers=args.workers), warm)
    print(f"local, {args.workers} processes: {shown(given, seconds)}")
    missed = []
    with cluster(args.workers) as (address, pids):
        if not args.quick:
            there, quiet = timed(given, Place("dask", address=address), warm)
            print(f"dask, {args.workers} workers:    {shown(given, quiet)}, {quiet / seconds:.2f}x local")
            missed += compared("dask", here, there)
        killed: list[int] = []

        def kill(share: float, _: int) -> None:
            if share >= 0.1 and not killed:
                killed.append(pids()[0])
                os.kill(killed[0], signal.SIGKILL)

        there, seconds = timed(given, Place("dask", address=address), warm, kill)
        print(f"dask, worker {'killed' if killed else 'NOT killed'}: {shown(given, seconds)}")
        missed += compared("dask with a worker killed", here, there)
        missed += [] if killed else ["no worker was killed"]
    print(f"missed: {'; '.join(missed) or 'none'}")
    return 1 if missed else 0


def made(count: int) -> list[Given]:
    rng = np.random.default_rng(SEED)
    times = 1_700_000_000 // HOUR * HOUR + HOUR * np.arange(LENGTH)
    found = []
    for number in range(count):
        shape = 100 + 30 * np.sin(2 * np.pi * (times / DAY + rng.random()))
        labels = {"__name__": "load", "host": f"host-{number:05}"}
        found.append(Given(Series(labels, times, shape + rng.normal(0, 5, LENGTH))))
    return found


def timed(
    given: Sequence[Given],
    place: Place,
    warm: Sequence[Given],
    progress: Callable[[float, int], None] | None = None,
) -> tuple[list[Forecast], float]:
    """The forecasts, and the seconds that they took."""
    if warm:
        forecast_all(warm, Question(DAY), place=place)
    began = time.perf_counter()
    return forecast_all(given, Question(DAY), place=place, progress=progress), time.perf_counter() - began


@contextlib.contextmanager
def cluster(workers: int) -> Iterator[tuple[str, Callable[[], list[int]]]]:
    """The address of a scheduler in this process, and the process ids of its workers."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
    ) as found:
        yield found.scheduler_address, lambda: [one.process.pid for one in found.workers.values()]


def compared(name: str, here: Sequence[Forecast], there: Sequence[Forecast]) -> list[str]:
    """What is missing or differs."""
    if [one.labels for one in here] != [one.labels for one in there]:
        return [f"{name}: {len(there)} of {len(here)} series, or another order"]
    worst = max(
        float(np.max(np.abs(getattr(one, field) - getattr(other, field)) / np.abs(getattr(one, field))))
        for one, other in zip(here, there, strict=True)
        for field in FIELDS
    )
    print(f"  {name}: {len(there)} series, largest relative difference {worst:.1g}")
    return [] if worst <= MOST_DIFFERENCE else [f"{name} differs by {worst:.1g}"]


def shown(given: Sequence[Given], seconds: float) -> str:
    return f"{seconds:7.1f} s, {len(given) / seconds:6.0f} series/s"


if __name__ == "__main__":
    sys.exit(main())
