"""Services of several processes: each counts in files of a shared folder, and any of them shows the sum.

prometheus-client does so where ``PROMETHEUS_MULTIPROC_DIR`` is set before it is imported. What is left to
do: make the folder, empty it before a start, and forget the gauges of processes that are gone.
"""

from __future__ import annotations

import contextlib
import glob
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def folder() -> str:
    """The shared folder; empty where each process counts for itself."""
    return os.environ.get(VARIABLE, "")


def make_folder() -> None:
    """Make the shared folder, if one is named.

    Raises:
        RuntimeError: it was named too late, and nothing would be counted there.
    """
    if folder():
        from prometheus_client import values

        if not getattr(values.ValueClass, "_multiprocess", True):
            raise RuntimeError(f"{VARIABLE} must be set before prometheus_client is imported")
        os.makedirs(folder(), exist_ok=True)


def empty_folder() -> None:
    """Forget what an earlier service counted; only before the first process of the new one starts."""
    for path in glob.glob(os.path.join(folder(), "*.db")) if folder() else ():
        with contextlib.suppress(FileNotFoundError):
            os.remove(path)


def summed() -> CollectorRegistry:
    """A registry of what all processes counted, and what those that live have open."""
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    for pid in _writers():
        if not _lives(pid):
            forget(pid)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def forget(pid: int) -> None:
    """Take a process that ended out of the gauges; its counts stay."""
    from prometheus_client.multiprocess import mark_process_dead

    if folder():
        with contextlib.suppress(FileNotFoundError):  # another process did so at the same time
            mark_process_dead(pid)  # type: ignore[no-untyped-call]


def _writers() -> set[int]:
    """The processes that have gauges of the living."""
    stems = (path[:-3].rpartition("_")[2] for path in glob.glob(os.path.join(folder(), "gauge_live*.db")))
    return {int(stem) for stem in stems if stem.isdecimal()}


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
