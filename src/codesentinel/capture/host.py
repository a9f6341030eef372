"""This machine, as far as the set-up needs to know it: clock, disk, programs' versions."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised
_TIMEX_BYTES = 256


class Disk(NamedTuple):
    """What the file system below a folder still takes."""

    free_bytes: int
    total_bytes: int
    free_inodes_ratio: float


def disk(folder: Path) -> Disk:
    """The file system that holds ``folder``."""
    usage = shutil.disk_usage(folder)
    inodes = os.statvfs(folder)
    ratio = inodes.f_favail / inodes.f_files if inodes.f_files else 1.0
    return Disk(usage.free, usage.total, ratio)


def clock_is_synchronised() -> bool | None:
    """Whether the kernel's clock follows a time server; None where the kernel will not say."""
    try:
        adjtimex = ctypes.CDLL(None).adjtimex
    except (OSError, AttributeError):
        return None
    status = adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))  # modes 0: only read
    return None if status < 0 else status != _TIME_ERROR


def is_writable(folder: Path) -> bool:
    """Whether files can be made below ``folder``, tried by making one: modes alone do not tell."""
    import tempfile

    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            return True
    except OSError:
        return False


def program_version(program: Path) -> str | None:
    """The version that a server program prints of itself; empty when it names none, None when it fails."""
    for option in ("--version", "-version"):  # one with flags of Go's own kind answers to both
        try:
            done = subprocess.run([program, option], capture_output=True, text=True, check=False, timeout=10)
        except (OSError, subprocess.TimeoutExpired):
            return None
        if done.returncode == 0:
            words = (done.stdout + done.stderr).replace(",", " ").split()
            return next((w for w in words if w[:1].isdigit() and "." in w), "")
    return None
