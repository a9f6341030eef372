"""Never two at once on one splitter, whatever workspaces they run in.

A name in the kernel's own space of sockets (unix(7), "abstract") belongs to one process of this machine at
a time, and is free again the moment that this process ends, however it ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import socket
from typing import TYPE_CHECKING

from codesentinel.model.errors import AlreadyRunning

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def claimed(identity: str) -> Iterator[None]:
    """Hold the claim on what is called so for the block.

    Raises:
        AlreadyRunning: another process of this machine holds it.
    """
    digest = hashlib.sha256(identity.encode()).hexdigest()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as claim:
        try:
            claim.bind(f"\0codesentinel-canary-{digest}")
        except OSError as exc:
            raise AlreadyRunning(
                f"another rollout moves this traffic already ({identity})",
                hint="wait for its end, or look for it: codesentinel memory log --domain canary",
            ) from exc
        yield
