"""A client that never ends its request goes; one that asks is answered, however many others there are."""

from __future__ import annotations

import logging
import socket
import threading

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from codesentinel.model.errors import BadAnswer
from codesentinel.web import connections
from codesentinel.web.server import Server, _in_one_line
from servers import eventually, free_port, get


async def _length(request):
    return PlainTextResponse(str(len(await request.body())))


@pytest.fixture
def port(monkeypatch):
    monkeypatch.setattr(connections, "WHOLE_SECONDS", 1.0)
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 20)
    port = free_port()
    app = Starlette(routes=[Route("/", _length, methods=["GET", "POST"])])
    server = Server(app, host="127.0.0.1", port=port)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    eventually(lambda: get(f"http://127.0.0.1:{port}/") == b"0")
    yield port
    server.should_exit = True
    thread.join(20)


def begun(port, head):
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.sendall(head)
    return connection


def answered(connection, body):
    """Read until the body has come."""
    said = b""
    while not said.endswith(b"\r\n\r\n" + body):
        more = connection.recv(10_000)
        assert more, said
        said += more
    return said


def is_closed(connection):
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"GET / HTTP/1.1\r\nX: ",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nonly a part",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=["nothing", "half a head", "half a body", "a second one"],
)
def test_a_request_that_does_not_end_is_not_waited_for(port, head):
    with begun(port, head) as connection:
        if head.endswith(b"x\r\n\r\n"):
            assert answered(connection, b"0").startswith(b"HTTP/1.1 200")
            connection.sendall(b"GET / HTTP/1.1\r\n")
        assert is_closed(connection)


def test_a_body_that_comes_in_two_parts_is_taken(port, monkeypatch):
    monkeypatch.setattr(connections, "WHOLE_SECONDS", 600.0)
    with begun(port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na") as connection:
        connection.sendall(b"bc")
        assert answered(connection, b"3").startswith(b"HTTP/1.1 200")


def test_half_requests_keep_nobody_out(port, monkeypatch):
    monkeypatch.setattr(connections, "WHOLE_SECONDS", 600.0)
    held = [begun(port, b"GET / HTTP/1.1\r\nX: ") for _ in range(60)]
    assert get(f"http://127.0.0.1:{port}/") == b"0"
    assert is_closed(held[0])
    for one in held:
        one.close()


def test_many_that_come_at_once_are_let_go_one_by_one(port, monkeypatch):
    monkeypatch.setattr(connections, "WHOLE_SECONDS", 600.0)
    held = [socket.socket() for _ in range(100)]
    for one in held:
        one.connect(("127.0.0.1", port))

    eventually(lambda: sum(map(_is_over, held)) >= 80)
    assert get(f"http://127.0.0.1:{port}/") == b"0"
    for one in held:
        one.close()


def _is_over(connection):
    connection.setblocking(False)
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def test_an_answer_that_broke_off_is_one_line_in_the_log():
    def told(exc):
        info = (type(exc), exc, None)
        record = logging.LogRecord("uvicorn.error", logging.ERROR, "", 0, "Exception", (), info)
        assert _in_one_line(record)
        return record.getMessage(), bool(record.exc_info)

    assert told(BadAnswer("it broke off")) == ("it broke off", False)
    assert told(ExceptionGroup("all", [BadAnswer("it broke off")])) == ("it broke off", False)
    assert told(ValueError("a defect")) == ("Exception", True)
