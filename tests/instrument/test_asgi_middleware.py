"""Requests are counted once each, under the template of their route."""

from __future__ import annotations

import asyncio

import pytest
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route

from asgi import call, request
from codesentinel.instrument import MetricsMiddleware, metrics_app

COUNT = "http_server_request_duration_seconds_count"


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


def counts(registry):
    """(route, method, status) to the number of requests."""
    return {
        (
            s.labels["http_route"],
            s.labels["http_request_method"],
            s.labels["http_response_status_code"],
        ): s.value
        for metric in registry.collect()
        for s in metric.samples
        if s.name == COUNT
    }


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


def test_two_thousand_unknown_urls_are_one_series(registry):
    app = measured(registry)

    async def burst():
        for number in range(2000):
            await call(app, f"/no/{number}")

    asyncio.run(burst())
    assert counts(registry) == {("unmatched", "GET", "404"): 2000}


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
    name = COUNT.replace("_count", "_sum")
    total = sum(s.value for m in registry.collect() for s in m.samples if s.name == name)
    assert total >= 0.15


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


def test_websockets_and_lifespan_pass_through(registry):
    seen = []

    async def app(scope, _receive, _send):
        seen.append(scope["type"])

    async def both():
        for kind in ("websocket", "lifespan"):
            await measured(CollectorRegistry(), app)({"type": kind}, None, None)

    asyncio.run(both())
    assert seen == ["websocket", "lifespan"]
    assert counts(registry) == {}


def test_routes_beyond_the_bound_share_one_series_and_are_counted(registry):
    routes = [Route(f"/r{n}", hello) for n in range(5)]
    app = measured(registry, Starlette(routes=routes), max_routes=2)
    for number in range(5):
        request(app, f"/r{number}")
    assert {route for route, *_ in counts(registry)} == {"/r0", "/r1", "overflow"}
    labels = {"service": "s", "environment": "e", "version": "1"}
    assert registry.get_sample_value("codesentinel_instrument_route_overflow_total", labels) == 3


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


def test_what_is_mounted_is_named_by_its_whole_path(registry):
    inner = measured(registry, Starlette(routes=[Route("/deep/{n}", hello)]))
    app = Starlette(routes=[Mount("/shop", inner)])
    request(app, "/shop/deep/1")
    request(app, "/shop/none")
    assert counts(registry) == {("/shop/deep/{n}", "GET", "200"): 1, ("unmatched", "GET", "404"): 1}
