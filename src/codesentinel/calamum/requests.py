"""Requests that nobody should have to take: bombs, halves, depths, wrong kinds; one, and many at once."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import socket
import subprocess
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.hostile import CONTENTS
from codesentinel.calamum.program import answer
from codesentinel.calamum.stage import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codesentinel.calamum.stage import Stage

_MIB = 1 << 20
_PATIENCE_SECONDS = 60
_DROP_SECONDS = 0.5
_LOADED = (
    b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"eventName":"claude_code.skill_activated","attributes":['
    b'{"key":"skill.name","value":{"stringValue":"deploy"}},'
    b'{"key":"session.id","value":{"stringValue":"s-1"}}]}]}]}]}'
)
_HOOK = (
    b'{"hook_event_name":"PreToolUse","session_id":"s","tool_name":"Skill","tool_input":{"skill":"deploy"%s}}'
)

BODIES: dict[str, Callable[[], bytes]] = {
    "one skill": lambda: _LOADED,
    "spaces": lambda: b" " * (200 * _MIB),
    "many objects": lambda: b'{"resourceLogs":[' + b"{}," * 2_000_000 + b"{}]}",
    "many messages": lambda: b"\n\0" * 3_000_000,
    "depth": lambda: b"[" * 900_000,
    "deep objects": lambda: b'{"resourceLogs":[' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"]}",
    "five mebibytes": lambda: b"a" * (5 * _MIB),
    "half a message": lambda: b"\n\x50\n\x4e\x12\x4c",
    "no gzip": lambda: b"plain",
    "wrong types": lambda: (
        b'{"resourceLogs":[{"scopeLogs":{"a":1}},7,null,{"scopeLogs":[[],{"logRecords":"x"}]}]}'
    ),
    "no object": lambda: b"[1,2]",
    "every byte": lambda: CONTENTS["every_byte"](1),
    "a huge hook": lambda: _HOOK % (b',"x":"' + b"a" * (20 * _MIB) + b'"'),
    "a deep hook": lambda: _HOOK % (b',"x":' + b"[" * 100_000 + b"]" * 100_000),
    "half a hook": lambda: _HOOK[:70],
    "a hook of a lone surrogate": lambda: (_HOOK % b"").replace(b'"s"', b'"s\\ud800"'),
    "a hook of every byte": lambda: _HOOK % (b',"x":"' + bytes(range(256)) + b'"'),
}
"""By their names."""


def hook(stage: Stage, *, what: str = "", text: str = "", agent: str = "claude") -> Any:
    """What the program answers when a hook is given this to read, and in how many ``seconds``."""
    began = time.monotonic()
    done = subprocess.run(
        stage.program.argv(["satellites", "hook", "--agent", agent]),
        cwd=stage.workspace,
        env=stage.program.environment,
        input=_body(what) if what else text.encode(),
        capture_output=True,
        check=False,
        timeout=_PATIENCE_SECONDS,
    )
    told = answer(done.returncode, done.stdout, done.stderr)
    return {**told, "seconds": round(time.monotonic() - began, 2)}


def send(
    stage: Stage,  # noqa: ARG001 - every probe takes the stage
    *,
    port: int,
    path: str,
    what: str,
    kind: str = "application/json",
    packed: bool = False,
) -> Any:
    """Status and text that a server answers a body with; status 0 where none comes."""
    return _post(port, path, _packed(_body(what), packed=packed), _headers(kind, packed=packed))


def flood(
    stage: Stage,  # noqa: ARG001 - every probe takes the stage
    *,
    port: int,
    path: str,
    what: str,
    clients: int,
    kind: str = "application/json",
    packed: bool = False,
) -> Any:
    """How often a server answered with which status, when so many send the same body at once."""
    body, headers = _packed(_body(what), packed=packed), _headers(kind, packed=packed)
    found: Counter[str] = Counter()

    def one() -> None:
        found[str(_post(port, path, body, headers)["status"])] += 1

    threads = [threading.Thread(target=one, daemon=True) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * _PATIENCE_SECONDS)
    return {"statuses": sorted(found), "answered": found.total()}


def half_open(stage: Stage, *, port: int, count: int, head: str = "GET / HTTP/1.1\r\nX: ") -> Any:
    """Begin so many requests and never end one; each gets one byte more now and then."""
    ending = threading.Event()
    sockets = [socket.socket() for _ in range(count)]
    stage.names.setdefault("half_open", []).extend(sockets)
    for one in sockets:
        one.settimeout(10)
        with contextlib.suppress(OSError):
            one.connect(("127.0.0.1", port))
            one.sendall(head.encode())
        one.setblocking(False)

    def drip() -> None:
        while not ending.wait(_DROP_SECONDS):
            for one in sockets:
                with contextlib.suppress(OSError):
                    one.sendall(b"a")

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()

    def stop() -> None:
        ending.set()
        thread.join(30)
        for one in sockets:
            one.close()

    stage.undo.append(stop)
    return count


def still_open(stage: Stage) -> Any:
    """How many of the requests that were begun and never end are still waited for."""
    return sum(_is_open(one) for one in stage.names.get("half_open", ()))


def most_memory(stage: Stage, *, name: str) -> Any:
    """The most memory that a child of the program ever had, in mebibytes."""
    child = stage.names.get(name)
    if not isinstance(child, subprocess.Popen):
        raise Broken(f"no child of this case is called {name!r}")
    with open(f"/proc/{child.pid}/status", encoding="utf-8", errors="replace") as file:
        return next(int(line.split()[1]) // 1024 for line in file if line.startswith("VmHWM"))


def _is_open(one: socket.socket) -> bool:
    try:
        return one.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def _post(port: int, path: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may answer before it has all
            connection.request("POST", path, body, dict(headers))
        told = connection.getresponse()
        return {"status": told.status, "text": told.read(2000).decode("utf-8", "backslashreplace")}
    except (OSError, http.client.HTTPException) as exc:
        return {"status": 0, "text": str(exc)}
    finally:
        connection.close()


def _headers(kind: str, *, packed: bool) -> dict[str, str]:
    return {"Content-Type": kind, **({"Content-Encoding": "gzip"} if packed else {})}


def _packed(body: bytes, *, packed: bool) -> bytes:
    return gzip.compress(body, 1) if packed and body != b"plain" else body


def _body(what: str) -> bytes:
    if what not in BODIES:
        raise Broken(f"no body is called {what!r}; known: {', '.join(BODIES)}")
    return BODIES[what]()


ACTIONS: dict[str, Callable[..., Any]] = {one.__name__: one for one in (half_open,)}
PROBES: dict[str, Callable[..., Any]] = {
    one.__name__: one for one in (hook, send, flood, still_open, most_memory)
}
