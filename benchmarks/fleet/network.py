"""Hosts with a network of their own: namespaces at one bridge, whose cables can be pulled."""

from __future__ import annotations

import contextlib
import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_NET = "10.187.63"


class Network:
    """So many hosts; ``address`` is where they reach what runs outside."""

    def __init__(self, hosts: int) -> None:
        self._mark = f"cs{os.getpid() % 100000}"
        self._hosts = hosts
        self.address = f"{_NET}.254"

    def make(self) -> None:
        """Make bridge, namespaces and cables."""
        _ip("link", "add", self._mark, "type", "bridge")
        _ip("addr", "add", f"{self.address}/24", "dev", self._mark)
        _ip("link", "set", self._mark, "up")
        for number in range(self._hosts):
            space, outer, inner = self._names(number)
            _ip("netns", "add", space)
            _ip("link", "add", outer, "type", "veth", "peer", "name", inner)
            _ip("link", "set", inner, "netns", space)
            _ip("link", "set", outer, "master", self._mark)
            _ip("link", "set", outer, "up")
            for words in (
                ("addr", "add", f"{_NET}.{number + 1}/24", "dev", inner),
                ("link", "set", inner, "up"),
                ("link", "set", "lo", "up"),
            ):
                _ip("-n", space, *words)

    def inside(self, number: int) -> list[str]:
        """What stands before a command that runs on a host."""
        return ["ip", "netns", "exec", self._names(number)[0]]

    def plug(self, number: int, *, is_in: bool) -> None:
        """Pull or plug the cable of a host."""
        _ip("link", "set", self._names(number)[1], "up" if is_in else "down")

    def remove(self) -> None:
        """Remove what was made, as far as it was."""
        for number in range(self._hosts):
            _ip("netns", "del", self._names(number)[0], must=False)
            _ip("link", "del", self._names(number)[1], must=False)
        _ip("link", "del", self._mark, must=False)

    def _names(self, number: int) -> tuple[str, str, str]:
        return f"{self._mark}-{number}", f"{self._mark}o{number}", f"{self._mark}i{number}"


@contextlib.contextmanager
def network(hosts: int) -> Iterator[Network | None]:
    """One that is removed at the end; None where the kernel does not let us, or no host is wanted."""
    found = Network(hosts)
    try:
        yield found if hosts and _is_made(found) else None
    finally:
        if hosts:
            found.remove()


def _is_made(found: Network) -> bool:
    try:
        found.make()
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _ip(*words: str, must: bool = True) -> None:
    with contextlib.nullcontext() if must else contextlib.suppress(OSError):
        subprocess.run(["ip", *words], check=must, capture_output=True)
