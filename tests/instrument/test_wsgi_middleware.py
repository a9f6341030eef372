"""Requests to WSGI applications are counted once each, under the template of their route."""

from __future__ import annotations

import io
import time
from wsgiref.handlers import SimpleHandler
from wsgiref.util import FileWrapper, setup_testing_defaults
from wsgiref.validate import validator

import pytest
from flask import Blueprint, Flask, Response, send_file
from prometheus_client import CollectorRegistry

from codesentinel.config.settings import Settings
from codesentinel.instrument import WsgiMetricsMiddleware, metrics_wsgi_app
from codesentinel.instrument.bounds import MAX_NAMES, MAX_ROUTES
from counting import ACTIVE, counts, overflows, seconds, series


@pytest.fixture
def registry():
    return CollectorRegistry()


def measured(registry, app, **more):
    return WsgiMetricsMiddleware(app, service="s", environment="e", version="1", registry=registry, **more)


def environ(path="/", method="GET", **more):
    made = {"PATH_INFO": path, "REQUEST_METHOD": method, **more}
    setup_testing_defaults(made)
    return made


def begun(app, path="/", method="GET", **more):
    """The status lines and the body of an answer that is not read yet."""
    told = []

    def start_response(status, headers, exc_info=None):
        told.append((status, headers))
        return lambda _: None

    return told, app(environ(path, method, **more), start_response)


def request(app, path="/", method="GET", **more):
    """Status and body of one request, read as a server does."""
    told, body = begun(app, path, method, **more)
    try:
        text = b"".join(body)
    finally:
        if hasattr(body, "close"):
            body.close()
    return told[-1][0], text


def plain(status="200 OK", body=(b"x",)):
    def app(_environ, start_response):
        start_response(status, [("Content-Type", "text/plain")])
        return body

    return app


class Chunks:
    """A body that notes that it was closed, and may break."""

    def __init__(self, *chunks):
        self.chunks = iter(chunks)
        self.closed = 0

    def __iter__(self):
        return self

    def __next__(self):
        chunk = next(self.chunks)
        if isinstance(chunk, BaseException):
            raise chunk
        return chunk

    def close(self):
        self.closed += 1


def shop():
    app = Flask("shop")
    parts = Blueprint("parts", __name__, url_prefix="/api")
    parts.add_url_rule("/item/<int:item>", "item", lambda item: f"{item}", methods=["GET", "POST"])
    app.register_blueprint(parts)
    app.add_url_rule("/broken", "broken", lambda: 1 / 0)
    app.add_url_rule("/stream", "stream", lambda: Response(iter(["a", "b"])))
    app.add_url_rule("/file", "file", lambda: send_file(io.BytesIO(b"content"), mimetype="text/plain"))
    return app


def test_flask_is_counted_by_rule_method_and_status(registry):
    app = measured(registry, shop().wsgi_app)
    for number in range(7):
        assert request(app, f"/api/item/{number}") == ("200 OK", str(number).encode())
    request(app, "/api/item/1", "POST")
    request(app, "/api/item/1", "DELETE")
    request(app, "/broken")
    request(app, "/stream")
    request(app, "/stream", "HEAD")
    assert request(app, "/file")[1] == b"content"
    assert counts(registry) == {
        ("/api/item/<int:item>", "GET", "200"): 7,
        ("/api/item/<int:item>", "POST", "200"): 1,
        ("unmatched", "DELETE", "405"): 1,
        ("/broken", "GET", "500"): 1,
        ("/stream", "GET", "200"): 1,
        ("/stream", "HEAD", "200"): 1,
        ("/file", "GET", "200"): 1,
    }
    assert series(registry, ACTIVE) == {("GET",): 0, ("POST",): 0, ("DELETE",): 0, ("HEAD",): 0}


def test_five_thousand_unknown_urls_are_one_series(registry):
    app = measured(registry, shop().wsgi_app)
    for number in range(5000):
        request(app, f"/no/{number}")
    assert counts(registry) == {("unmatched", "GET", "404"): 5000}


def test_the_protocol_is_kept_on_both_sides(registry):
    app = validator(measured(registry, validator(plain())))
    assert request(app, SCRIPT_NAME="", QUERY_STRING="") == ("200 OK", b"x")
    assert counts(registry) == {("unmatched", "GET", "200"): 1}


def test_a_server_still_sees_that_a_body_has_one_part(registry):
    output = io.BytesIO()
    handler = SimpleHandler(io.BytesIO(), output, io.StringIO(), environ())
    handler.run(measured(registry, plain(body=[b"four"])))
    assert b"Content-Length: 4" in output.getvalue()


def test_an_application_may_leave_its_template_in_the_environ(registry):
    def app(environ, start_response):
        environ["codesentinel.route"] = "/thing/{name}"
        return plain()(environ, start_response)

    request(measured(registry, app), "/thing/4711")
    assert counts(registry) == {("/thing/{name}", "GET", "200"): 1}


def test_an_exception_counts_as_500_and_goes_on(registry):
    def broken(_environ, _start_response):
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        request(measured(registry, broken))
    assert counts(registry) == {("unmatched", "GET", "500"): 1}
    assert series(registry, ACTIVE) == {("GET",): 0}


def test_an_exception_after_the_answer_began_counts_as_500(registry):
    body = Chunks(b"x", RuntimeError("broken"))
    with pytest.raises(RuntimeError, match="broken"):
        request(measured(registry, plain(body=body)))
    assert counts(registry) == {("unmatched", "GET", "500"): 1}
    assert body.closed == 1


def test_a_status_that_was_replaced_counts_as_the_last(registry):
    def app(_environ, start_response):
        start_response("200 OK", [])
        start_response("503 Service Unavailable", [], (None, None, None))
        return [b""]

    request(measured(registry, app))
    assert counts(registry) == {("unmatched", "GET", "503"): 1}


def test_a_body_that_is_closed_before_its_end_counts_as_499(registry):
    body = Chunks(b"x", b"y")
    _, answer = begun(measured(registry, plain(body=body)))
    reading = iter(answer)
    assert next(reading) == b"x"
    assert series(registry, ACTIVE) == {("GET",): 1}
    answer.close()
    answer.close()
    assert counts(registry) == {("unmatched", "GET", "499"): 1}
    assert series(registry, ACTIVE) == {("GET",): 0}
    assert body.closed == 2


def test_a_body_that_is_dropped_before_its_end_counts_as_499(registry):
    _, answer = begun(measured(registry, plain(body=[b"x", b"y"])))
    reading = iter(answer)
    next(reading)
    del reading
    assert counts(registry) == {("unmatched", "GET", "499"): 1}


@pytest.mark.parametrize(("method", "status"), [("HEAD", "200 OK"), ("GET", "304 Not Modified")])
def test_an_answer_without_a_body_may_be_left_unread(registry, method, status):
    _, answer = begun(measured(registry, plain(status, Chunks(b"x"))), method=method)
    answer.close()
    assert counts(registry) == {("unmatched", method, status[:3]): 1}


def test_a_generator_that_starts_its_answer_late_is_counted_by_its_status(registry):
    def app(_environ, start_response):
        start_response("201 Created", [])
        yield b"x"

    request(measured(registry, app))
    assert counts(registry) == {("unmatched", "GET", "201"): 1}


def test_a_stream_is_timed_to_its_end(registry):
    def slow():
        for _ in range(3):
            time.sleep(0.05)
            yield b"x"

    request(measured(registry, plain(body=slow())))
    assert seconds(registry) >= 0.15


def test_a_file_stays_what_the_server_can_send_by_itself(registry):
    opened = io.BytesIO(b"content")

    def app(environ, start_response):
        start_response("200 OK", [])
        return environ["wsgi.file_wrapper"](opened)

    _, body = begun(measured(registry, app), **{"wsgi.file_wrapper": FileWrapper})
    assert isinstance(body, FileWrapper)
    assert counts(registry) == {}
    body.close()
    assert opened.closed
    assert counts(registry) == {("unmatched", "GET", "200"): 1}


@pytest.mark.parametrize("status", ["99 Low", "600 High", "999 Odd", "odd", ""])
def test_a_status_that_is_none_is_other(registry, status):
    request(measured(registry, plain(status)))
    assert counts(registry) == {("unmatched", "GET", "_OTHER"): 1}


def test_an_unknown_method_is_other_and_makes_one_series(registry):
    app = measured(registry, plain())
    for number in range(50):
        request(app, method=f"BREW{number}")
    assert counts(registry) == {("unmatched", "_OTHER", "200"): 50}
    assert series(registry, ACTIVE) == {("_OTHER",): 0}


def routed(environ, start_response):
    environ["codesentinel.route"] = environ["PATH_INFO"]
    return plain()(environ, start_response)


def test_routes_beyond_the_bound_share_one_series_and_are_counted_each_time(registry):
    app = measured(registry, routed, max_routes=2)
    for _ in range(2):
        for number in range(5):
            request(app, f"/r{number}")
    assert counts(registry) == {
        ("/r0", "GET", "200"): 2,
        ("/r1", "GET", "200"): 2,
        ("overflow", "GET", "200"): 6,
    }
    assert overflows(registry) == 6


def test_the_bound_is_a_setting_of_the_environment(registry, monkeypatch):
    monkeypatch.setenv("CODESENTINEL_INSTRUMENT_MAX_ROUTES", "1")
    app = measured(registry, routed)
    for number in range(3):
        request(app, f"/r{number}")
    assert {route for route, *_ in counts(registry)} == {"/r0", "overflow"}
    monkeypatch.setenv("CODESENTINEL_INSTRUMENT_MAX_ROUTES", "many")
    with pytest.raises(ValueError, match=r"CODESENTINEL_INSTRUMENT_MAX_ROUTES.*'many'"):
        measured(registry, routed)


def test_the_defaults_are_those_of_the_settings():
    defaults = Settings().instrument._asdict()
    for variable, default in (MAX_ROUTES, MAX_NAMES):
        assert defaults[variable.removeprefix("CODESENTINEL_INSTRUMENT_").lower()] == default


def test_two_services_share_a_registry(registry):
    for service in ("one", "two"):
        request(WsgiMetricsMiddleware(plain(), service=service, registry=registry))
    found = series(registry, "http_server_request_duration_seconds_count", "service")
    assert found == {("one",): 1, ("two",): 1}


def test_metrics_are_shown_at_their_path_and_not_measured(registry):
    app = measured(registry, plain(), metrics_path="/metrics")
    request(app)
    status, text = request(app, "/metrics")
    assert status == "200 OK"
    assert b'http_response_status_code="200"' in text
    assert sum(counts(registry).values()) == 1


def test_the_exposition_answers_reading_alone(registry):
    app = validator(metrics_wsgi_app(registry))
    more = {"SCRIPT_NAME": "", "QUERY_STRING": ""}
    request(measured(registry, plain()))
    assert request(app, method="HEAD", **more) == ("200 OK", b"")
    _, text = request(app, HTTP_ACCEPT="application/openmetrics-text; version=1.0.0", **more)
    assert text.endswith(b"# EOF\n")
    assert b"_created" not in text
    assert request(app, method="POST", **more)[0] == "405 Method Not Allowed"
