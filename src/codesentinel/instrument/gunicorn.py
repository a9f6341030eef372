"""Hooks of gunicorn, whose workers share their counts; a ``gunicorn.conf.py`` imports them by name."""

from __future__ import annotations

import struct
from typing import Any

from codesentinel.instrument import multiprocess


def on_starting(server: Any) -> None:
    """Begin with an empty folder: an earlier service's counts are not ours.

    Unless this gunicorn takes over from another one (USR2), whose workers still count.
    """
    if multiprocess.folder():
        if not getattr(server, "master_pid", 0):
            multiprocess.empty_folder()
    else:
        server.log.warning(
            "%s is not set: each worker counts for itself, and /metrics shows one of them",
            multiprocess.VARIABLE,
        )


def child_exit(server: Any, worker: Any) -> None:
    """Take a worker that ended out of the gauges, and put its counts to those of all that ended."""
    try:
        multiprocess.forget(worker.pid)
        multiprocess.absorb(worker.pid)
    except (OSError, ValueError, RuntimeError, struct.error) as exc:  # an error here would end the server
        server.log.warning("the counts of worker %s stay in files of their own: %s", worker.pid, exc)
