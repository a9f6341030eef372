"""An answer that only drips ends in a message; one that takes its time, and whose reader does, arrives."""

from __future__ import annotations

import time

import pytest

from codesentinel.capture.http_json import get_json
from codesentinel.capture.http_relay import Relay
from codesentinel.capture.http_stream import Request, streamed
from codesentinel.model.errors import BadAnswer, Unreachable
from hostile import answering

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
TIMEOUT = 0.3


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("at_once", "drop"),
    [
        (HEAD + b"\r\n", b" "),
        (HEAD + b"Content-Length: 1000000\r\n\r\n", b" "),
        (CHUNKED, b"1\r\n \r\n"),
        (CHUNKED + b"fffff\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"a"),
        (HEAD.replace(b"200 OK", b"500 Sorry") + b"\r\n", b"x"),
    ],
    ids=["until closed", "of a length", "in chunks", "within a chunk", "in the head", "of a refusal"],
)
def test_drops_are_no_answer(at_once, drop):
    with (
        answering(at_once, drop=drop) as url,
        pytest.raises(Unreachable, match=r"did not answer within 0\.3 s"),
    ):
        get_json(url, "/", {}, timeout_seconds=TIMEOUT)


@pytest.mark.timeout(60)
def test_a_viewer_is_not_kept_by_drops():
    with answering(HEAD + b"\r\n", drop=b" ") as url:
        relay = Relay(url, timeout_seconds=TIMEOUT, largest_bytes=1_000_000)
        with pytest.raises(BadAnswer, match="broke off its answer"):
            list(relay.get("/", [], gzip=False).chunks)
        relay.close()
    with answering(b"HTTP/1.1 200 OK\r\nX-Long: ", drop=b"a") as url:
        relay = Relay(url, timeout_seconds=TIMEOUT, largest_bytes=1_000_000)
        with pytest.raises(Unreachable, match="did not answer in time"):
            relay.get("/", [], gzip=False)
        relay.close()


def test_the_time_that_a_reader_takes_is_its_own():
    body = b"[" + b"1," * 400_000 + b"1]"
    with (
        answering(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body) as url,
        streamed(Request(url, "/", {}, TIMEOUT)) as pieces,
    ):
        read = 0
        for number, piece in enumerate(pieces):
            read += len(piece)
            time.sleep(0 if number else 4 * TIMEOUT)
        assert read == len(body)


def test_depth_is_no_json():
    deep = b"[" * 200_000
    with (
        answering(HEAD + b"Content-Length: %d\r\n\r\n" % len(deep) + deep) as url,
        pytest.raises(BadAnswer, match="not JSON"),
    ):
        get_json(url, "/", {}, timeout_seconds=20)
    refusal = HEAD.replace(b"200 OK", b"500 Sorry") + b"Content-Length: %d\r\n\r\n" % len(deep)
    with (
        answering(refusal + deep) as url,
        pytest.raises(BadAnswer, match="answered 500"),
    ):
        get_json(url, "/", {}, timeout_seconds=20)
