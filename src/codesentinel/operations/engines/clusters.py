"""Clusters: one that runs somewhere, by its address, or one on this machine for as long as it is needed.

Each gives what Fugue takes for an engine, and how many workers there are.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from codesentinel.model.errors import NotInstalled, Unreachable, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

_CONNECT_SECONDS = 20


class Cluster(NamedTuple):
    """``native`` is what Fugue takes."""

    native: Any
    workers: int


@contextlib.contextmanager
def dask(workers: int, address: str) -> Iterator[Cluster]:
    """A scheduler at ``tcp://...``, or processes of this machine, each with one thread."""
    import logging

    import dask.config
    from distributed import Client, LocalCluster

    quiet = {
        "dataframe.convert-string": False,  # what is carried is no text
        "distributed.admin.large-graph-warning-threshold": "1GB",
    }
    with dask.config.set(quiet), contextlib.ExitStack() as opened:
        at: Any = address
        if not address:
            at = opened.enter_context(
                LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    dashboard_address=None,
                    silence_logs=logging.CRITICAL,
                )
            )
        try:
            client = opened.enter_context(Client(at, timeout=_CONNECT_SECONDS))
        except (OSError, ValueError) as exc:
            raise _nobody("dask", address, exc) from exc
        threads = sum(client.nthreads().values())
        if not threads:
            raise Unreachable(f"the scheduler at {address} has no workers", hint=f"dask worker {address}")
        yield Cluster(client, threads)


@contextlib.contextmanager
def ray(workers: int, address: str) -> Iterator[Cluster]:
    """A head node, or processes of this machine."""
    import logging

    import ray
    from ray.data import DataContext

    logging.getLogger("ray.data").setLevel(logging.ERROR)
    here = {"num_cpus": workers, "include_dashboard": False}
    try:
        ray.init(
            address=address or "local",
            log_to_driver=False,
            logging_level=logging.ERROR,
            **({} if address else here),
        )
    except (OSError, ValueError, RuntimeError) as exc:
        raise _nobody("ray", address, exc) from exc
    DataContext.get_current().enable_progress_bars = False
    try:
        yield Cluster("ray", max(int(ray.cluster_resources().get("CPU", 0)), 1))
    finally:
        ray.shutdown()


@contextlib.contextmanager
def spark(workers: int, address: str) -> Iterator[Cluster]:
    """A master, such as ``spark://...``, or threads of a Java machine here, each with a Python of its own."""
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    if not address:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = (
        SparkSession.builder.appName("codesentinel")
        .master(address or f"local[{workers}]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.log.level", "ERROR")
    )
    try:
        session = builder.getOrCreate()
    except PySparkException as exc:
        if address:
            raise _nobody("spark", address, exc) from exc
        raise NotInstalled(f"Spark does not start: {exc}", hint="it needs Java 17 or newer") from exc
    try:
        yield Cluster(session, max(session.sparkContext.defaultParallelism, 1))
    finally:
        session.stop()


CLUSTERS: dict[str, tuple[Callable[[int, str], AbstractContextManager[Cluster]], tuple[str, ...]]] = {
    "dask": (dask, ("distributed", "fugue")),
    "ray": (ray, ("ray", "duckdb", "fugue")),
    "spark": (spark, ("pyspark", "fugue")),
}
"""By name: what opens one, and the modules that it needs, which the extra of that name has."""


def check_installed(name: str) -> None:
    """See that the engine's modules are there.

    Raises:
        UsageError: one is not.
    """
    from importlib.util import find_spec

    missing = [one for one in CLUSTERS[name][1] if not find_spec(one)]
    if missing:
        raise UsageError(
            f"--engine {name} needs {' and '.join(missing)}, which is not installed",
            hint=f"pip install 'codesentinel[{name}]'",
        )


def _nobody(name: str, address: str, exc: Exception) -> Unreachable:
    told = str(exc).strip().partition("\n")[0][:300]
    return Unreachable(
        f"no {name} cluster could be had{f' at {address}' if address else ''}: {told}",
        hint="is the address right, and its version that of this machine?",
    )
