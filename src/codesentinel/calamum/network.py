"""A network that is cut: the loopback of the enclosure goes down, and nothing reaches anything in there."""

from __future__ import annotations

import fcntl
import socket
import struct
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.stage import Skipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from codesentinel.calamum.stage import Stage

_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1
_REQUEST = "16sh"


def cut_network(stage: Stage) -> Any:
    """From now on nothing reaches anything; only for cases that need a network namespace.

    Raises:
        Skipped: this is the network of the machine, or the kernel refuses.
    """
    if len(socket.if_nameindex()) > 1:
        raise Skipped("this is the network of the machine: it is not cut")
    stage.undo.append(lambda: _set(up=True))
    try:
        _set(up=False)
    except OSError as exc:
        raise Skipped(f"the kernel lets nobody cut it: {exc.strerror}") from exc
    return True


def mend_network(stage: Stage) -> Any:
    """From now on everything is reached again."""
    del stage
    _set(up=True)
    return True


def _set(*, up: bool) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        asked = fcntl.ioctl(probe, _GET_FLAGS, struct.pack(_REQUEST, b"lo", 0))
        flags = struct.unpack(_REQUEST, asked)[1]
        wanted = flags | _UP if up else flags & ~_UP
        fcntl.ioctl(probe, _SET_FLAGS, struct.pack(_REQUEST, b"lo", wanted))


ACTIONS: dict[str, Callable[..., Any]] = {one.__name__: one for one in (cut_network, mend_network)}
