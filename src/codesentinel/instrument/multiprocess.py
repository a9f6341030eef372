"""Services of several processes: each counts in files of a shared folder, and any of them shows the sum.

prometheus-client does so where ``PROMETHEUS_MULTIPROC_DIR`` is set before it is imported. What is left to
do: make the folder, empty it before a start, forget the gauges of processes that are gone, and put their
counts together, or there were more files to read with every worker that is replaced.
"""

from __future__ import annotations

import contextlib
import glob
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client.metrics_core import Metric

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_COUNTS = ("counter", "histogram", "summary")
_ENDED = "ended"


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
    for path in _files("*") if folder() else ():
        with contextlib.suppress(FileNotFoundError):
            os.remove(path)


class Summed:
    """A registry of what all processes counted, and of what those that live have open."""

    def collect(self) -> Iterable[Metric]:
        """Read all files."""
        from prometheus_client.multiprocess import MultiProcessCollector

        for pid in _writers():
            if not _lives(pid):
                forget(pid)
        with _alone(shared=True):
            collector = MultiProcessCollector(None)  # type: ignore[no-untyped-call]
            metrics: Iterable[Metric] = collector.collect()  # type: ignore[no-untyped-call]
        return metrics


def forget(pid: int) -> None:
    """Take a process that ended out of the gauges; its counts stay."""
    from prometheus_client.multiprocess import mark_process_dead

    if folder():
        with contextlib.suppress(FileNotFoundError):  # another process did so at the same time
            mark_process_dead(pid)  # type: ignore[no-untyped-call]


def absorb(pid: int) -> None:
    """Add the counts of a process that ended to those of all that ended before, in one file of each kind.

    Whoever knows that the process ended may do so, while no other process could have its id yet.

    Raises:
        OSError, ValueError, RuntimeError, struct.error: a file cannot be read or written, and stays.
    """
    if not folder():
        return
    with _alone(shared=False):
        for kind in _COUNTS:
            for source in _files(f"{kind}_{pid}"):
                _add(source, os.path.join(folder(), f"{kind}_{_ENDED}.db"))


def _add(source: str, target: str) -> None:
    from prometheus_client.mmap_dict import MmapedDict

    read = MmapedDict.read_all_values_from_file
    sums: dict[str, float] = {}
    for path in (target, source):
        if os.path.exists(path):
            for key, value, *_ in read(path):  # type: ignore[no-untyped-call]
                sums[key] = sums.get(key, 0.0) + value
    unfinished = f"{target}.new"
    with contextlib.suppress(FileNotFoundError):
        os.remove(unfinished)
    written = MmapedDict(unfinished)  # type: ignore[no-untyped-call]
    for key, value in sums.items():
        written.write_value(key, value, 0.0)  # type: ignore[no-untyped-call]
    written.close()  # type: ignore[no-untyped-call]
    os.replace(unfinished, target)
    os.remove(source)


@contextlib.contextmanager
def _alone(*, shared: bool) -> Iterator[None]:
    """Keep those who read the files from those who move counts between them."""
    import fcntl

    handle = os.open(os.path.join(folder(), "lock"), os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _files(stem: str) -> list[str]:
    return glob.glob(os.path.join(glob.escape(folder()), f"{stem}.db"))


def _writers() -> set[int]:
    """The processes that have gauges of the living."""
    stems = (path[:-3].rpartition("_")[2] for path in _files("gauge_live*"))
    return {int(stem) for stem in stems if stem.isdecimal()}


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
