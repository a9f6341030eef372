"""WebSocket connections are measured apart from requests, once each, by how they ended."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from prometheus_client import CollectorRegistry

from codesentinel.instrument import MetricsMiddleware
from counting import counts, series

COUNT = "websocket_server_connection_duration_seconds_count"
ACTIVE = "websocket_server_active_connections"
CONNECT = {"type": "websocket.connect"}
HELLO = {"type": "websocket.receive", "text": "hello"}


def left(code):
    return {"type": "websocket.disconnect", "code": code}


app = FastAPI()


@app.websocket("/room/{room}")
async def echo(socket: WebSocket, room: str):
    await socket.accept()
    while True:
        text = await socket.receive_text()
        if text == "break":
            raise RuntimeError("broken")
        if text.startswith("close"):
            await socket.close(int(text.split()[1]))
            return
        await socket.send_text(f"{room}: {text}")


@app.websocket("/closed")
async def closed(socket: WebSocket):
    await socket.close()


@pytest.fixture
def registry():
    return CollectorRegistry()


def connect(registry, path, *messages, wraps=app):
    """What the application sent while these messages came; afterwards it waits for ever."""
    coming, sent = list(messages), []

    async def receive():
        if not coming:
            await asyncio.Event().wait()
        return coming.pop(0)

    async def send(message):
        sent.append(message)

    measured = MetricsMiddleware(wraps, service="s", registry=registry)
    scope = {
        "type": "websocket",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [],
        "scheme": "ws",
        "subprotocols": [],
        "extensions": {"websocket.http.response": {}},
    }
    with contextlib.suppress(WebSocketDisconnect):  # as a service lets it pass that does not care
        asyncio.run(asyncio.wait_for(measured(scope, receive, send), 20))
    return sent


def test_a_connection_that_the_client_closes(registry):
    sent = connect(registry, "/room/4711", CONNECT, HELLO, left(1000))
    assert sent[1]["text"] == "4711: hello"
    assert series(registry, COUNT) == {("/room/{room}", "closed"): 1}
    assert series(registry, ACTIVE, "service") == {("s",): 0}
    assert counts(registry) == {}, "it is no request"


@pytest.mark.parametrize(("code", "outcome"), [(1000, "closed"), (4001, "closed"), (1011, "failed")])
def test_a_connection_that_the_service_closes(registry, code, outcome):
    connect(registry, "/room/1", CONNECT, HELLO | {"text": f"close {code}"})
    assert series(registry, COUNT) == {("/room/{room}", outcome): 1}


def test_a_connection_that_breaks(registry):
    connect(registry, "/room/1", CONNECT, left(1006))
    assert series(registry, COUNT) == {("/room/{room}", "lost"): 1}


def test_a_service_that_breaks(registry):
    with pytest.raises(RuntimeError, match="broken"):
        connect(registry, "/room/1", CONNECT, HELLO | {"text": "break"})
    assert series(registry, COUNT) == {("/room/{room}", "failed"): 1}
    assert series(registry, ACTIVE, "service") == {("s",): 0}


def test_a_client_that_is_gone_when_something_is_sent(registry):
    async def sends(_scope, _receive, _send):
        await _send({"type": "websocket.accept"})

    async def gone(_message):
        raise OSError("gone")

    measured = MetricsMiddleware(sends, service="s", registry=registry)
    with pytest.raises(OSError, match="gone"):
        asyncio.run(measured({"type": "websocket", "path": "/"}, None, gone))
    assert series(registry, COUNT) == {("unmatched", "lost"): 1}


@pytest.mark.parametrize(("path", "route"), [("/closed", "/closed"), ("/none/1", "unmatched")])
def test_a_connection_that_is_never_accepted(registry, path, route):
    connect(registry, path, CONNECT)
    assert series(registry, COUNT) == {(route, "rejected"): 1}


def test_a_connection_that_is_cancelled(registry):
    async def cancel():
        measured = MetricsMiddleware(waits, service="s", registry=registry)
        task = asyncio.create_task(measured({"type": "websocket", "path": "/"}, None, None))
        await asyncio.sleep(0)
        assert series(registry, ACTIVE, "service") == {("s",): 1}
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def waits(*_):
        await asyncio.Event().wait()

    asyncio.run(cancel())
    assert series(registry, COUNT) == {("unmatched", "cancelled"): 1}
    assert series(registry, ACTIVE, "service") == {("s",): 0}


def test_unknown_paths_are_one_series(registry):
    for number in range(50):
        connect(registry, f"/none/{number}", CONNECT)
    assert series(registry, COUNT) == {("unmatched", "rejected"): 50}
