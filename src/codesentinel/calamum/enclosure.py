"""Namespaces and limits around a whole run: what is in there cannot hurt what is outside."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import socket
import struct
import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_STEPS = (
    ("user", "pid", "mount", "network"),
    ("user", "pid", "mount"),
)
_WORDS = {
    "user": ("--user", "--map-root-user"),
    "pid": ("--pid", "--fork", "--kill-child", "--mount-proc"),
    "mount": ("--mount",),
    "network": ("--net",),
}
_TRY_SECONDS = 20
_SIOCSIFFLAGS, _UP = 0x8914, 0x1 | 0x40
_LIMITS = ((resource.RLIMIT_FSIZE, 1 << 31), (resource.RLIMIT_CORE, 0))
_NICE = 5


class Enclosure(NamedTuple):
    """What encloses a run: the words before its command line, and what could not be had, with the reason."""

    words: tuple[str, ...]
    namespaces: tuple[str, ...]
    missing: Mapping[str, str]


OPEN = Enclosure(
    (), (), {f"{name} namespace": "the process that is watched is outside" for name in _STEPS[0]}
)
"""None: for a process of the machine, which could not be seen from inside."""


def enclosure() -> Enclosure:
    """The closest one that this kernel lets us have."""
    program, why = shutil.which("unshare"), "there is no `unshare` here"
    for names in _STEPS if program else ():
        words = (str(program), *(word for name in names for word in _WORDS[name]))
        done = subprocess.run(
            [*words, "true"], capture_output=True, text=True, check=False, timeout=_TRY_SECONDS
        )
        if not done.returncode:
            missing = {f"{name} namespace": why for name in _STEPS[0] if name not in names}
            return Enclosure(words, names, missing)
        why = (done.stderr.strip().splitlines() or ["the kernel refuses it"])[-1]
    return Enclosure((), (), {f"{name} namespace": why for name in _STEPS[0]})


def settle_in(namespaces: tuple[str, ...]) -> None:
    """What a run does first, inside: limits, low priority, and a loopback interface of its own."""
    for kind, most in _LIMITS:
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    os.nice(_NICE)
    if "network" in namespaces:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            import fcntl

            fcntl.ioctl(probe, _SIOCSIFFLAGS, struct.pack("16sh", b"lo", _UP))
    if "pid" in namespaces:
        return
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: orphans of the case come to us
