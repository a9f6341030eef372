"""Requests are counted once each, under the template of their route."""

from __future__ import annotations

import asyncio

import pytest
from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route

from asgi import call, request
from codesentinel.instrument import MetricsMiddleware, metrics_app
from counting import ACTIVE, counts, overflows, seconds, series


async def hello(_):
    return PlainTextResponse("hello")


async def broken(_):
    raise RuntimeError("broken")


async def slow_stream(_):
    async def chunks():
        for _ in range(3):
            await asyncio.sleep(0.05)
            yield b"x"

    return StreamingResponse(chunks())


ROUTES = [
    Route("/", hello),
    Route("/item/{item_id:int}", hello, methods=["GET", "POST"]),
    Route("/broken", broken),
    Route("/stream", slow_stream),
    Mount("/api", routes=[Mount("/v1", routes=[Route("/thing/{name}/part/{part}", slow_stream)])]),
]


@pytest.fixture
def registry():
    return CollectorRegistry()


def measured(registry, app=None, **more):
    return MetricsMiddleware(
        app or Starlette(routes=ROUTES), service="s", environment="e", version="1", registry=registry, **more
    )


def test_requests_are_counted_by_template_method_and_status(registry):
    app = measured(registry)
    for number in range(7):
        request(app, f"/item/{number}")
    request(app, "/item/1", "POST")
    request(app, "/item/1", "DELETE")
    request(app, "/api/v1/thing/a/part/b")
    assert counts(registry) == {
        ("/item/{item_id}", "GET", "200"): 7,
        ("/item/{item_id}", "POST", "200"): 1,
        ("/item/{item_id}", "DELETE", "405"): 1,
        ("/api/v1/thing/{name}/part/{part}", "GET", "200"): 1,
    }


def test_a_service_is_named_on_every_series(registry):
    request(measured(registry), "/")
    labels = {"service": "s", "environment": "e", "version": "1", "http_request_method": "GET"}
    assert registry.get_sample_value("http_server_active_requests", labels) == 0


def test_five_thousand_unknown_urls_are_one_series(registry):
    app = measured(registry)

    async def burst():
        for number in range(5000):
            await call(app, f"/no/{number}")

    asyncio.run(burst())
    assert counts(registry) == {("unmatched", "GET", "404"): 5000}


def test_an_unknown_method_is_other(registry):
    request(measured(registry), "/", "BREW")
    assert {method for _, method, _ in counts(registry)} == {"_OTHER"}


def test_an_exception_counts_as_500_and_goes_on(registry):
    with pytest.raises(RuntimeError, match="broken"):
        request(measured(registry), "/broken")
    assert counts(registry) == {("/broken", "GET", "500"): 1}


def test_a_cancelled_request_counts_as_499(registry):
    async def hang(_scope, _receive, _send):
        await asyncio.sleep(60)

    app = measured(registry, hang)

    async def cancel():
        task = asyncio.create_task(call(app, "/stream"))
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert counts(registry) == {("unmatched", "GET", "499"): 1}


def test_a_client_that_leaves_before_the_answer_counts_as_499(registry):
    async def waits_for_the_client(_scope, receive, _send):
        while (await receive())["type"] != "http.disconnect":
            pass

    app = measured(registry, waits_for_the_client)

    async def leave():
        with pytest.raises(IndexError):
            await call(app, "/", stays=False)

    asyncio.run(leave())
    assert counts(registry) == {("unmatched", "GET", "499"): 1}


def test_a_stream_is_timed_to_its_last_chunk(registry):
    request(measured(registry), "/stream")
    assert seconds(registry) >= 0.15


def test_active_requests_are_counted_in_and_out(registry):
    app = measured(registry)
    labels = {"service": "s", "environment": "e", "version": "1", "http_request_method": "GET"}

    async def during():
        task = asyncio.create_task(call(app, "/stream"))
        await asyncio.sleep(0.02)
        active = registry.get_sample_value("http_server_active_requests", labels)
        await task
        return active

    assert asyncio.run(during()) == 1
    assert registry.get_sample_value("http_server_active_requests", labels) == 0


def test_the_lifespan_passes_through(registry):
    seen = []

    async def app(scope, receive, send):
        seen.append((scope["type"], receive, send))

    asyncio.run(measured(registry, app)({"type": "lifespan"}, "receive", "send"))
    assert seen == [("lifespan", "receive", "send")]
    assert counts(registry) == {}


def test_what_runs_in_the_background_is_no_part_of_the_request(registry):
    async def later():
        assert counts(registry) == {("/", "GET", "200"): 1}
        await asyncio.sleep(0.3)
        raise RuntimeError("too late to matter")

    async def answer(_):
        return PlainTextResponse("done", background=BackgroundTask(later))

    with pytest.raises(RuntimeError, match="too late"):
        request(measured(registry, Starlette(routes=[Route("/", answer)])), "/")
    assert counts(registry) == {("/", "GET", "200"): 1}
    assert seconds(registry) < 0.3


def test_an_exception_after_the_answer_began_counts_as_500(registry):
    async def breaks(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        request(measured(registry, breaks), "/")
    assert counts(registry) == {("unmatched", "GET", "500"): 1}


def test_a_client_that_leaves_during_the_answer_counts_as_499(registry):
    async def stream(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x", "more_body": True})

    async def gone(message):
        if message["type"] == "http.response.body":
            raise OSError("the client has left")

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    with pytest.raises(OSError, match="has left"):
        asyncio.run(measured(registry, stream)(scope, None, gone))
    assert counts(registry) == {("unmatched", "GET", "499"): 1}
    assert series(registry, ACTIVE) == {("GET",): 0}


@pytest.mark.parametrize(
    "last",
    [
        {"type": "http.response.pathsend", "path": "/file"},
        {"type": "http.response.zerocopysend", "file": 3},
        {"type": "http.response.body"},
    ],
    ids=lambda message: message["type"],
)
def test_every_way_to_end_an_answer_is_known(registry, last):
    async def app(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 206, "headers": []})
        await send(last)
        assert counts(registry) == {("unmatched", "GET", "206"): 1}

    request(measured(registry, app), "/")


def test_a_head_request_is_counted_as_such(registry):
    request(measured(registry), "/", "HEAD")
    assert counts(registry) == {("/", "HEAD", "200"): 1}


def test_an_application_may_leave_its_template_in_the_scope(registry):
    async def app(scope, _receive, send):
        scope["codesentinel.route"] = "/thing/{name}"
        await PlainTextResponse("x")(scope, _receive, send)

    request(measured(registry, app), "/thing/4711")
    assert counts(registry) == {("/thing/{name}", "GET", "200"): 1}


def test_a_status_that_is_none_is_other(registry):
    for status in (99, 600, 999):
        request(measured(registry, PlainTextResponse("x", status_code=status)), "/")
    assert counts(registry) == {("unmatched", "GET", "_OTHER"): 3}


def test_fastapi_is_counted_by_the_whole_template_of_included_routers(registry):
    inner, outer, app = APIRouter(prefix="/part"), APIRouter(prefix="/thing/{thing}"), FastAPI()
    inner.add_api_route("/{part}", lambda thing, part: f"{thing}{part}")
    outer.include_router(inner)
    app.include_router(outer, prefix="/api")
    app.include_router(outer, prefix="/old")
    app.add_middleware(
        MetricsMiddleware,
        service="s",
        environment="e",
        version="1",
        registry=registry,
        metrics_path="/metrics",
    )
    for number in range(3):
        request(app, f"/api/thing/{number}/part/x")
    request(app, "/old/thing/1/part/x")
    request(app, "/api/thing/1/none")
    assert request(app, "/metrics")[0] == 200
    assert counts(registry) == {
        ("/api/thing/{thing}/part/{part}", "GET", "200"): 3,
        ("/old/thing/{thing}/part/{part}", "GET", "200"): 1,
        ("unmatched", "GET", "404"): 1,
    }


def test_routes_beyond_the_bound_share_one_series_and_are_counted(registry):
    routes = [Route(f"/r{n}", hello) for n in range(5)]
    app = measured(registry, Starlette(routes=routes), max_routes=2)
    for number in range(5):
        request(app, f"/r{number}")
    assert {route for route, *_ in counts(registry)} == {"/r0", "/r1", "overflow"}
    assert overflows(registry) == 3


def test_one_endpoint_on_two_paths_is_told_apart_by_its_parameters(registry):
    app = measured(registry, Starlette(routes=[Route("/all", hello), Route("/one/{n}", hello)]))
    request(app, "/all")
    request(app, "/one/3")
    assert {route for route, *_ in counts(registry)} == {"/all", "/one/{n}"}


def test_the_exposition_speaks_the_format_that_is_asked_for(registry):
    request(measured(registry), "/")
    app = Starlette(routes=[Route("/metrics", metrics_app(registry))])
    status, text = request(app, "/metrics")
    assert status == 200
    assert b"# TYPE http_server_request_duration_seconds histogram" in text
    _, text = request(app, "/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})
    assert text.endswith(b"# EOF\n")
    assert request(app, "/metrics", "HEAD") == (200, b"")
    assert request(metrics_app(registry), "/metrics", "DELETE")[0] == 405


def test_metrics_are_shown_below_where_the_service_is_mounted(registry):
    app = Starlette(routes=[Mount("/shop", measured(registry, metrics_path="/metrics"))])
    assert request(app, "/shop/metrics")[0] == 200
    assert request(app, "/metrics")[0] == 404
    assert counts(registry) == {}


def test_what_is_mounted_is_named_by_its_whole_path(registry):
    inner = measured(registry, Starlette(routes=[Route("/deep/{n}", hello)]))
    app = Starlette(routes=[Mount("/shop", inner)])
    request(app, "/shop/deep/1")
    request(app, "/shop/none")
    assert counts(registry) == {("/shop/deep/{n}", "GET", "200"): 1, ("unmatched", "GET", "404"): 1}
