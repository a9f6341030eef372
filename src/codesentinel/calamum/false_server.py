"""A server that answers as it is told: rightly, wrongly, slowly, without end, or not at all."""

from __future__ import annotations

import contextlib
import json
import socketserver
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.stage import Broken

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator, Sequence

    from codesentinel.calamum.stage import Stage

RIGHTLY = "rightly"
_HEAD_BYTES = 65_536
_LONGEST_SECONDS = 120.0
_DRIP_SECONDS = 0.2
_SERIES = (
    b'{"metric":{"__name__":"up","n":"%d"},"value":[1,"1"],'
    b'"values":[[1,"1"],[2,"2"]],"labels":{"alertname":"n"}},'
)


class FalseServer:
    """Listens on the loopback interface until it is stopped.

    ``how`` may be changed at any time; ``asked`` counts by it what came.

    Args:
        port: where.
        right: the document for a path, where it answers rightly.
        how: one of ``HOW``.
    """

    def __init__(self, port: int, right: Callable[[str], Any], how: str = RIGHTLY) -> None:
        self.port = port
        self.right = right
        self.how = how
        self.asked: Counter[str] = Counter()
        self.ending = threading.Event()
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            """One connection, one answer."""

            def handle(self) -> None:
                """Answer as we are told now; one who goes away is forgotten."""
                with contextlib.suppress(OSError):
                    outer.answer(self.request)

        class Server(socketserver.ThreadingTCPServer):
            """A thread a connection."""

            allow_reuse_address = True
            daemon_threads = True
            block_on_close = False
            request_queue_size = 128

            def handle_error(self, *_: object) -> None:
                """Whoever asks sees that nothing comes."""

        self._server = Server(("127.0.0.1", port), Handler)
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def answer(self, connection: socket.socket) -> None:
        """One answer, in as many pieces as it takes."""
        connection.settimeout(_LONGEST_SECONDS)
        head = b""
        while b"\r\n\r\n" not in head and len(head) < _HEAD_BYTES and (more := connection.recv(_HEAD_BYTES)):
            head += more
        words = head.split(None, 2)
        how, path = self.how, words[1].decode("latin-1") if len(words) > 1 else "/"
        self.asked[how] += 1
        for piece in HOW[how](self, path):
            if self.ending.is_set():
                return
            connection.sendall(piece)

    def stop(self) -> None:
        """Let go of everybody."""
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()


def serve_falsely(stage: Stage, *, port: int, how: str = RIGHTLY, name: str = "server") -> Any:
    """A server on a port that answers as it is told; rightly is a list of nothing."""
    return keep(stage, name, FalseServer(port, lambda _: {"status": "success", "data": []}, how)).port


def answer_now(stage: Stage, *, how: str, name: str = "server") -> Any:
    """Tell a server to answer otherwise from now on."""
    if how not in HOW:
        raise Broken(f"no server answers {how!r}; known: {', '.join(HOW)}")
    server(stage, name).how = how
    return how


def asked(stage: Stage, *, how: str = "", name: str = "server") -> Any:
    """How often a server has been asked, while it answered so, or at all."""
    counts = server(stage, name).asked
    return counts[how] if how else counts.total()


def server(stage: Stage, name: str) -> FalseServer:
    """The server of that name."""
    found = stage.names.get(name)
    if not isinstance(found, FalseServer):
        raise Broken(f"no server of this case is called {name!r}")
    return found


def keep(stage: Stage, name: str, one: FalseServer) -> FalseServer:
    """Remember it, and stop it at the end of the case."""
    stage.names[name] = one
    stage.undo.append(one.stop)
    return one


def _whole(body: bytes, status: str = "200 OK", kind: str = "application/json", more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}"
    return f"{head}Connection: close\r\n\r\n".encode() + body


def _open_ended(status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n".encode()


def _rightly(one: FalseServer, path: str) -> Iterator[bytes]:
    yield _whole(json.dumps(one.right(path)).encode())


def _always(*pieces: bytes) -> Callable[[FalseServer, str], Sequence[bytes]]:
    return lambda _one, _path: pieces


def _never(one: FalseServer, _: str) -> Iterator[bytes]:
    one.ending.wait(_LONGEST_SECONDS)
    yield b""


def _in_drops(one: FalseServer, _: str) -> Iterator[bytes]:
    """A byte now and then: never silent for long, and never at an end."""
    yield _open_ended() + b'{"status":"success","data":'
    while not one.ending.wait(_DRIP_SECONDS):
        yield b" "


def _without_end(one: FalseServer, path: str) -> Iterator[bytes]:
    """One series after the other, of the shape that was asked for, as fast as it goes."""
    kind = "matrix" if "query_range" in path or "%5B" in path else "vector"
    field = "alerts" if "alerts" in path else "activeTargets" if "targets" in path else "result"
    yield _open_ended() + f'{{"status":"success","data":{{"resultType":"{kind}","{field}":['.encode()
    number = 0
    while not one.ending.is_set():
        yield b"".join(_SERIES % (number + n) for n in range(500))
        number += 500


def _elsewhere(one: FalseServer, path: str) -> Iterator[bytes]:
    to = f"Location: http://127.0.0.1:{one.port + 1}{path}\r\n"
    yield _whole(b"", "302 Found", more=to)


_WRONG = {
    "resultType": "matrix",
    "result": [{"metric": {"le": 5, "arm": None}, "values": [["x", None], {}]}, 7, None],
    "alerts": {"labels": []},
    "activeTargets": "none",
    "groups": [3],
}
_NO_NUMBERS = {
    "resultType": "matrix",
    "result": [{"metric": {"arm": "canary"}, "values": [[2, "NaN"], [1, "-1e999"], [1e300, "1e999"]]}],
}

HOW: dict[str, Callable[[FalseServer, str], Any]] = {
    RIGHTLY: _rightly,
    "with_500": _always(_whole(b'{"status":"error","error":"kaput"}', "500 Internal Server Error")),
    "with_503": _always(_whole(b"later", "503 Service Unavailable", more="Retry-After: 99999999\r\n")),
    "with_a_page": _always(_whole(b"<html><form>Sign in</form></html>", kind="text/html")),
    "with_nonsense": _always(_whole(bytes(range(256)) * 64)),
    "with_no_http": _always(b"\x16\x03\x01\x02\x00 SSH-2.0 no server that you know\r\n" * 50),
    "with_wrong_types": _always(_whole(json.dumps({"status": "success", "data": _WRONG}).encode())),
    "with_no_numbers": _always(_whole(json.dumps({"status": "success", "data": _NO_NUMBERS}).encode())),
    "with_depth": _always(_whole(b'{"status":"success","data":' + b"[" * 200_000 + b"]" * 200_000 + b"}")),
    "with_half": _always(_whole(b'{"status":"success","data":{"resultType":"matrix","result":[' * 40)[:-900]),
    "with_nothing": _always(_whole(b"")),
    "by_leaving": _always(b""),
    "never": _never,
    "in_drops": _in_drops,
    "without_end": _without_end,
    "elsewhere": _elsewhere,
}
"""What it can be told."""

ACTIONS: dict[str, Callable[..., Any]] = {one.__name__: one for one in (serve_falsely, answer_now)}
PROBES: dict[str, Callable[..., Any]] = {one.__name__: one for one in (asked,)}
