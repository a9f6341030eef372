"""A disk that answers with errors: calls of the program fail, whatever file they are for.

A seccomp filter makes the kernel answer, which needs neither root nor a disk; it holds for the program and
its children, and for descriptors beyond standard error. ``python -m ...broken_disk CALL ERROR WORDS`` becomes
the command of these words with such a disk.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.stage import Broken, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codesentinel.calamum.stage import Stage

_CALLS = {  # AUDIT_ARCH_*, then the numbers of the calls
    "x86_64": (0xC000003E, {"write": (1, 18, 20), "fsync": (74, 75), "ftruncate": (77,)}),
    "aarch64": (0xC00000B7, {"write": (64, 68, 66), "fsync": (82, 83), "ftruncate": (46,)}),
}
"""``write`` also is ``pwrite64`` and ``writev``, ``fsync`` also ``fdatasync``."""

_FIRST_DESCRIPTOR = 3
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCH_AT, _DESCRIPTOR_AT = 0, 4, 16
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_MODULE = "codesentinel.calamum.broken_disk"


def break_disk(stage: Stage, *, call: str, error: str = "EIO") -> Any:
    """From now on ``write``, ``fsync`` or ``ftruncate`` of the program fails with this error.

    Raises:
        Skipped: the kernel takes no such filter.
    """
    if not hasattr(errno, error):
        raise Broken(f"there is no error {error!r}")
    stage.program.before = [sys.executable, "-m", _MODULE, call, error]
    done = subprocess.run([*stage.program.before, "true"], capture_output=True, text=True, check=False)
    if done.returncode:
        stage.program.before = []
        raise Skipped((done.stderr.strip().splitlines() or ["the kernel takes no filter of calls"])[-1])
    return {"call": call, "error": error}


def mend_disk(stage: Stage) -> Any:
    """From now on nothing fails."""
    stage.program.before = []
    return True


def main() -> None:
    """Become the command of the last words, with calls that fail."""
    call, error, *words = sys.argv[1:]
    try:
        restrain(call, getattr(errno, error))
    except (OSError, KeyError) as exc:
        raise SystemExit(f"calls of this machine cannot be made to fail: {exc}") from exc
    os.execvp(words[0], words)  # noqa: S606


def restrain(call: str, number: int) -> None:
    """Let ``call`` fail in this process and its children.

    Raises:
        OSError: the kernel refuses.
        KeyError: the numbers of this machine's calls are not known here.
    """
    arch, calls = _CALLS[platform.machine()]
    program = _filter(arch, calls[call], number)
    code = ctypes.create_string_buffer(b"".join(program))
    prog = struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, prog, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _filter(arch: int, calls: Sequence[int], number: int) -> list[bytes]:
    """Instructions: calls of another machine, those that are none of these, low descriptors are let be."""
    return [
        _step(_LOAD, _ARCH_AT),
        _step(_EQUAL, arch, 0, len(calls) + 1),
        _step(_LOAD, _NUMBER_AT),
        *(_step(_EQUAL, one, len(calls) - at, 0) for at, one in enumerate(calls)),
        _step(_RETURN, _ALLOW),
        _step(_LOAD, _DESCRIPTOR_AT),
        _step(_AT_LEAST, _FIRST_DESCRIPTOR, 0, 1),
        _step(_RETURN, _ERROR | number),
        _step(_RETURN, _ALLOW),
    ]


def _step(code: int, value: int, if_so: int = 0, else_: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_so, else_, value)


ACTIONS: dict[str, Callable[..., Any]] = {one.__name__: one for one in (break_disk, mend_disk)}

if __name__ == "__main__":
    main()
