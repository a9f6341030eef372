"""The weights of two servers of one backend, over HAProxy's runtime socket.

A weight set so lives until HAProxy is reloaded, which brings back what its configuration says.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from codesentinel.act.traffic.local_socket import line
from codesentinel.model.errors import BadAnswer, Failed, UsageError
from codesentinel.model.traffic import Arrived, Split

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST = 256


class HaproxySplitter:
    """Two servers of a backend.

    Args:
        socket: the path of the runtime socket (``stats socket ... level admin``).
        backend: the name of the backend.
        baseline, canary: the names of the servers.
        timeout_seconds: for one answer.
    """

    def __init__(
        self, socket: str, backend: str, *, baseline: str, canary: str, timeout_seconds: float = 10.0
    ) -> None:
        if any(not word or set(word) & set(" \t\n/;\\") for word in (backend, baseline, canary)):
            raise UsageError("the names of a backend and its servers have neither blanks, slashes nor ;")
        self._socket = socket
        self._backend = backend
        self._servers = (baseline, canary)
        self._timeout_seconds = timeout_seconds

    @property
    def identity(self) -> str:
        """The socket and the backend."""
        return f"haproxy:{self._socket}:{self._backend}"

    def prepare(self) -> None:
        """Somebody else runs it."""

    def split(self, canary_ratio: float) -> Split:
        """The pair of weights of 0 to 256 that comes nearest; of several the one with the smallest numbers.

        HAProxy deals requests out in rounds as long as the sum of the weights: small ones mix better.
        """
        if canary_ratio in (0.0, 1.0):
            return Split(_MOST, 0) if canary_ratio == 0.0 else Split(0, _MOST)
        pairs = (
            Split(round(canary * (1 - canary_ratio) / canary_ratio), canary) for canary in range(1, _MOST + 1)
        )
        possible = [pair for pair in pairs if pair.baseline <= _MOST] + [Split(_MOST, 1)]
        return min(possible, key=lambda pair: (round(abs(pair.canary_ratio - canary_ratio), 6), sum(pair)))

    def read(self) -> Split:
        """The weights that count at the moment."""
        return Split(*(int(row["weight"]) for row in self._rows()))

    def write(self, split: Split) -> None:
        """Set both weights; the one that rises first, so that some server always takes requests."""
        before = self.read()
        changes = sorted(
            zip(self._servers, split, before, strict=True), key=lambda change: change[1] < change[2]
        )
        for server, weight, _ in changes:
            said = self._say(f"set server {self._backend}/{server} weight {weight}").strip()
            if said:
                raise Failed(
                    f"HAProxy refuses {weight} for {self._backend}/{server}: {said.splitlines()[0]}",
                    hint="the socket needs `level admin`, the backend an algorithm such as roundrobin",
                )
        served = self.read()
        if served != split:
            raise Failed(f"HAProxy serves by {tuple(served)} though told {tuple(split)}")

    def arrived(self) -> Arrived:
        """The requests that HAProxy has given to each server since it was started."""
        return Arrived(*(int(row["stot"] or 0) for row in self._rows()))

    def _rows(self) -> list[Mapping[str, str]]:
        said = self._say(f"show stat {self._backend} 4 -1")
        rows = {row["svname"]: row for row in csv.DictReader(said.removeprefix("# ").splitlines())}
        missing = [name for name in self._servers if name not in rows]
        if missing:
            raise BadAnswer(
                f"HAProxy knows no server {self._backend}/{missing[0]}",
                hint=f"it has: {', '.join(sorted(rows)) or 'none'} (socket {self._socket})",
            )
        return [rows[name] for name in self._servers]

    def _say(self, command: str) -> str:
        return line(self._socket, command, timeout_seconds=self._timeout_seconds)
