"""Samples written into a real VictoriaMetrics, and into servers that are busy, wrong or away."""

from __future__ import annotations

import contextlib
import http.server
import threading

import msgspec
import numpy as np
import pytest

from codesentinel.act.history import HistoryWriter, import_series
from codesentinel.act.post import TRIES, Poster
from codesentinel.model.errors import BadAnswer, Unreachable, UsageError
from codesentinel.model.samples import Samples
from codesentinel.model.series import Series
from servers import free_port
from storage import victoria_metrics

T0 = 1_700_000_000_000


@pytest.fixture(scope="module")
def storage(tmp_path_factory):
    with victoria_metrics(tmp_path_factory.mktemp("vm")) as server:
        yield server


@contextlib.contextmanager
def scripted(*answers):
    """A server that gives these answers in turn, the last one for ever: (status, headers) or None to hang up."""
    bodies = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = answers[min(len(bodies), len(answers) - 1)]
            bodies.append(body)
            if answer is None:
                self.close_connection = True
                return
            status, headers = answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0" if status == 204 else "4")
            self.end_headers()
            if status != 204:
                self.wfile.write(b"busy")

        def log_message(self, *_):
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", bodies
        finally:
            server.shutdown()
            thread.join()


def test_counters_and_times_are_kept_exactly(storage):
    values = [0.0, 1.0, 123456789.0, float(2**53 - 1), 0.1, 1e-9, 1.5e300, -2.25]
    for place, value in enumerate(values):  # a series each: values of one block share an exponent
        with HistoryWriter(storage.url, timeout_seconds=30) as writer:
            times = [T0 + 1, T0 + 1003, T0 + 2007]
            writer.write(Samples({"__name__": "exact", "place": str(place)}, times, [value] * 3))
        assert writer.written == 3
    rows = storage.holds("exact", len(values))
    assert [row["values"] for row in rows] == [[value] * 3 for value in values]
    assert all(row["timestamps"] == [T0 + 1, T0 + 1003, T0 + 2007] for row in rows)


def test_a_counter_that_rises_by_one_stays_whole(storage):
    start = 2**52
    values = [float(start + i) for i in range(5000)]
    with HistoryWriter(storage.url, timeout_seconds=30, chunk_samples=999) as writer:
        writer.write(Samples({"__name__": "rises"}, [T0 + 15_000 * i for i in range(5000)], values))
    (row,) = storage.holds("rises")
    assert row["values"] == values


def test_writing_twice_changes_nothing(storage):
    rng = np.random.default_rng(1)
    many = [
        Samples(
            {"__name__": "twice", "n": str(n)},
            [T0 + 5000 * i for i in range(300)],
            rng.normal(size=300).tolist(),
        )
        for n in range(20)
    ]
    for _ in range(2):
        with HistoryWriter(storage.url, timeout_seconds=30, chunk_samples=512) as writer:
            for samples in many:
                writer.write(samples)
        assert writer.written == 6000
        rows = {row["metric"]["n"]: row for row in storage.holds("twice", 20)}
        for samples in many:
            row = rows[samples.labels["n"]]
            assert row["timestamps"] == samples.times_ms
            np.testing.assert_allclose(row["values"], samples.values, rtol=1e-11)


def test_labels_of_any_text_arrive_as_they_are(storage):
    labels = {"__name__": "odd", "path": 'C:\\a "b"\n{c}', "snow": "\u2603 \U0001f600", "x": "a,b=c"}
    with HistoryWriter(storage.url, timeout_seconds=30) as writer:
        writer.write(Samples(labels, [T0], [1.0]))
    assert storage.holds("odd")[0]["metric"] == labels


def test_a_chunk_is_never_larger_than_it_should_be():
    with (
        scripted((204, {})) as (url, bodies),
        HistoryWriter(url, timeout_seconds=5, chunk_samples=10) as writer,
    ):
        writer.write(Samples({"__name__": "a"}, list(range(25)), [1.0] * 25))
        assert writer.written == 20
        writer.write(Samples({"__name__": "b"}, [1, 2], [1.0] * 2))
    sent = [[len(msgspec.json.decode(line)["values"]) for line in body.splitlines()] for body in bodies]
    assert sent == [[10], [10], [5, 2]]
    assert writer.written == 27


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_cannot_be_stored_is_refused_rather_than_lost(value):
    with scripted((204, {})) as (url, bodies):
        with pytest.raises(UsageError, match="NaN and infinity cannot be stored"):
            HistoryWriter(url, timeout_seconds=5).write(Samples({"__name__": "a"}, [1, 2], [1.0, value]))
        with pytest.raises(UsageError, match="without any label"):
            HistoryWriter(url, timeout_seconds=5).write(Samples({}, [1], [1.0]))
    assert bodies == []


def test_of_arrays_what_is_finite_is_written(storage):
    times = np.array([T0 / 1000 + 0.0004, T0 / 1000 + 1, T0 / 1000 + 2.9996])
    series = Series({"__name__": "gaps"}, times, np.array([1.0, np.nan, 3.0]))
    assert import_series(storage.url, [series], timeout_seconds=30) == 2
    (row,) = storage.holds("gaps")
    assert (row["timestamps"], row["values"]) == ([T0, T0 + 3000], [1, 3])


def test_a_busy_server_is_asked_again_with_growing_pauses():
    pauses, told = [], []
    answers = [
        (503, {}),
        (429, {"Retry-After": "7"}),
        None,
        (500, {"Retry-After": "Wed, 21 Oct 2026"}),
        (204, {}),
    ]
    with scripted(*answers) as (url, bodies):
        poster = Poster(url, timeout_seconds=5, tell=told.append, pause=pauses.append)
        poster.post("/x", b"body")
        poster.close()
    assert bodies == [b"body"] * 5
    assert pauses == [0.5, 7, 2, 4]
    assert len(told) == 4
    assert "answered 503: busy; again in 0.5 s (5 tries left)" in told[0]


def test_a_server_that_stays_busy_is_given_up():
    with scripted((429, {"Retry-After": "3600"})) as (url, bodies):
        pauses = []
        with pytest.raises(BadAnswer, match="answered 429: busy"):
            Poster(url, timeout_seconds=5, pause=pauses.append).post("/x", b"")
    assert len(bodies) == TRIES
    assert pauses == [60] * (TRIES - 1)


@pytest.mark.parametrize("status", [400, 401, 404, 302])
def test_a_refusal_is_not_repeated(status):
    with scripted((status, {})) as (url, bodies):
        writer = HistoryWriter(url, timeout_seconds=5)
        with pytest.raises(BadAnswer, match=f"the import was refused: .* answered {status}"):
            writer.check()
    assert len(bodies) == 1


def test_a_server_that_is_away_is_named_without_its_password():
    pauses = []
    port = free_port()
    poster = Poster(f"http://me:secret@127.0.0.1:{port}", timeout_seconds=5, pause=pauses.append)
    with pytest.raises(Unreachable) as told:
        poster.post("/x", b"")
    assert len(pauses) == TRIES - 1
    assert f"127.0.0.1:{port} could not take /x: " in told.value.message
    assert "secret" not in told.value.message


@pytest.mark.parametrize("url", ["nonsense", "http://", "ftp://127.0.0.1", "http://[::1", "http://a:b"])
def test_what_is_no_url_of_a_server_is_a_mistake_of_the_user(url):
    with pytest.raises(UsageError, match="not a server's URL"):
        HistoryWriter(url, timeout_seconds=5)


def test_nothing_is_sent_when_the_block_fails():
    def cut_off(writer):
        with writer:
            writer.write(Samples({"__name__": "a"}, [1], [1.0]))
            raise KeyboardInterrupt

    with scripted((204, {})) as (url, bodies):
        writer = HistoryWriter(url, timeout_seconds=5)
        with pytest.raises(KeyboardInterrupt):
            cut_off(writer)
    assert (bodies, writer.written) == ([], 0)
