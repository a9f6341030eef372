"""Reading a server that may be Prometheus, or anything else."""

from __future__ import annotations

import json

import numpy as np
import pytest

from codesentinel.capture.http_stream import without_credentials
from codesentinel.capture.prometheus import PrometheusClient
from codesentinel.model.errors import BadAnswer, BadQuery, ConfigurationError, Unreachable
from hostile import HANG, answering, http, success
from servers import free_port

ERROR = json.dumps(
    {"status": "error", "errorType": "bad_data", "error": "parse error: unexpected <eof>"}
).encode()


def client(url, timeout_seconds=1.0):
    return PrometheusClient(url, timeout_seconds=timeout_seconds)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (
            http("500 Internal Server Error", b"out of memory", "text/plain"),
            BadAnswer,
            "answered 500: out of memory",
        ),
        (http("503 Service Unavailable", b""), BadAnswer, "answered 503: no message"),
        (http("400 Bad Request", b"<html>who?</html>", "text/html"), BadAnswer, "answered 400: <html>who?"),
        (http("422 Unprocessable Entity", ERROR), BadQuery, "answered 422: parse error: unexpected <eof>"),
        (http("400 Bad Request", ERROR), BadQuery, "answered 400: parse error: unexpected <eof>"),
        (http("302 Found", b"", "text/html"), BadAnswer, "answered 302"),
        (
            http("200 OK", b"<html>hello</html>", "text/html"),
            BadAnswer,
            "answered what begins with '<html>hello</html>', not JSON",
        ),
        (http("200 OK", b""), BadAnswer, "answered nothing, not JSON"),
        (http("200 OK", b'{"status": "succ', length=16), BadAnswer, "not JSON"),
        (http("200 OK", b'{"status": "succ', length=5000), BadAnswer, "broke off its answer"),
        (http("200 OK", ERROR), BadAnswer, "failed: parse error: unexpected <eof>"),
        (http("200 OK", b"[1, 2]"), BadAnswer, "JSON that is not Prometheus' API"),
        (http("200 OK", b'{"status": "success"}'), BadAnswer, "JSON that is not Prometheus' API"),
        (
            http("200 OK", b'{"status": "success", "isPartial": true, "data": {}}'),
            BadAnswer,
            "a part of the data only",
        ),
        (
            http("200 OK", b'{"status": "success", "warnings": ["remote read failed"], "data": {}}'),
            BadAnswer,
            "answered with a warning: remote read failed",
        ),
        (success({"resultType": "scalar", "result": [1, "2"]}), BadAnswer, "with scalar, not vector"),
        (
            success({"resultType": "vector", "result": [{"metric": {}}]}),
            BadAnswer,
            "JSON that is not Prometheus' API",
        ),
        (
            success({"resultType": "vector", "result": [{"metric": {}, "value": [1, "x"]}]}),
            BadAnswer,
            "not Prometheus' API",
        ),
        (b"this is not HTTP\r\n\r\n", BadAnswer, "broke off its answer"),
        (b"", BadAnswer, "broke off its answer"),
        (HANG, Unreachable, "did not answer within 0.3 s"),
    ],
)
def test_every_wrong_answer_is_one_message_that_names_the_server(answer, kind, words):
    with answering(answer) as url, pytest.raises(kind) as told:
        client(url, timeout_seconds=0.3).instant("up")
    assert words in told.value.message
    assert url in told.value.message
    assert "\n" not in told.value.message
    assert "up" in told.value.message
    assert told.value.exit_status == (2 if kind is BadQuery else 3)


def test_a_server_that_is_not_there_is_told_at_once():
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(Unreachable, match=f"{url} cannot be reached: .*refused") as told:
        client(url).instant("up")
    assert "codesentinel status" in told.value.hint


def test_a_name_that_leads_nowhere_is_told():
    with pytest.raises(Unreachable, match=r"http://no-such-host\.invalid cannot be reached"):
        client("http://no-such-host.invalid", timeout_seconds=5).instant("up")


@pytest.mark.parametrize("url", ["nonsense", "http://", "ftp://127.0.0.1", "http://[::1"])
def test_a_url_that_is_none_is_a_mistake_in_the_settings(url):
    with pytest.raises(ConfigurationError, match="not a server's URL"):
        client(url).instant("up")


def test_credentials_in_a_url_are_never_shown():
    assert without_credentials("https://me:secret@host:9090/path?token=x") == "https://host:9090/path"
    with pytest.raises(Unreachable) as told:
        client(f"http://me:secret@127.0.0.1:{free_port()}").instant("up")
    assert "secret" not in told.value.message


def test_an_instant_query_gives_labels_and_value():
    row = {"metric": {"job": "a"}, "value": [1, "+Inf"]}
    with answering(success({"resultType": "vector", "result": [row]})) as url:
        assert client(url).instant("up") == [({"job": "a"}, float("inf"))]


def test_a_range_gives_arrays_of_seconds_and_values():
    row = {"metric": {"job": "a"}, "values": [[1.5, "2"], [3, "NaN"]]}
    with answering(success({"resultType": "matrix", "result": [row]})) as url:
        (series,) = client(url).range("up", 0, 10, 1)
    assert series.times.tolist() == [1.5, 3.0]
    np.testing.assert_array_equal(series.values, [2.0, np.nan])
    assert len(series) == 2
    assert series.span_seconds == 1.5


def test_alerts_and_targets_are_read_with_their_times():
    alert = {
        "labels": {"alertname": "A"},
        "state": "firing",
        "activeAt": "2026-11-23T20:17:14.123456789Z",
        "value": "1",
    }
    with answering(success({"alerts": [alert]})) as url:
        (found,) = client(url).alerts()
    assert found.name == "A"
    assert found.active_at.isoformat() == "2026-11-23T20:17:14.123456+00:00"
    target = {
        "labels": {"job": "j", "instance": "i"},
        "health": "down",
        "lastError": "refused",
        "scrapeInterval": "15s",
    }
    with answering(success({"activeTargets": [target]})) as url:
        (found,) = client(url).targets()
    assert (found.job, found.instance, found.health, found.error, found.interval_seconds) == (
        "j",
        "i",
        "down",
        "refused",
        15,
    )
