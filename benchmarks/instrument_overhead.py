"""What the middleware adds to a request, beside OpenTelemetry's and others', in one process and one run.

    python benchmarks/instrument_overhead.py [--quick]

The same small applications are called in process, without a server: bare, and wrapped by each. Rounds
alternate, so that a slow moment hits them all; CPU time of the thread is taken, and the overhead is the
median over the rounds of what a wrapped application needs more than the bare one. Each peer measures as
little as it can be told to: metrics and no traces, durations alone. Exit status 1 when ours is not the
smallest. Peers are fetched into a cache of their own; --quick is short, and fetches nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from claims import Spread, claim
from instrument_peers import asgi_peers, fetched, wsgi_peers
from prometheus_client import CollectorRegistry

from codesentinel.instrument import MetricsMiddleware, WsgiMetricsMiddleware

if TYPE_CHECKING:
    from collections.abc import Callable

    Measure = Callable[[Any, int], float]

ROOT = Path(__file__).resolve().parent.parent
SCOPE = {
    "type": "http",
    "method": "GET",
    "path": "/items/7",
    "raw_path": b"/items/7",
    "headers": [(b"host", b"127.0.0.1")],
    "query_string": b"",
    "root_path": "",
    "scheme": "http",
    "http_version": "1.1",
    "server": ("127.0.0.1", 80),
    "client": ("127.0.0.1", 1),
}
ENVIRON = {
    "REQUEST_METHOD": "GET",
    "PATH_INFO": "/items/7",
    "SCRIPT_NAME": "",
    "QUERY_STRING": "",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "HTTP_HOST": "127.0.0.1",
    "wsgi.url_scheme": "http",
}


def main() -> int:
    """Print the tables; 1 when another middleware costs less than ours."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few requests; fetch no peer")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if not args.inside:
        python = fetched(fetch=not args.quick)
        if python is not None:
            words = [python, __file__, "--inside", *(["--quick"] if args.quick else [])]
            environment = os.environ | {
                "PYTHONPATH": str(ROOT / "src"),
                "OTEL_SEMCONV_STABILITY_OPT_IN": "http",
            }
            return subprocess.run(words, env=environment, check=False).returncode
    requests, rounds = (300, 3) if args.quick else (1_000, 21)
    missed = compare(
        "ASGI, an application of Starlette with one parameter in its route",
        asgi_app(),
        {"codesentinel": lambda app: MetricsMiddleware(app, service="s", registry=CollectorRegistry())}
        | asgi_peers(asgi_app),
        asgi_seconds,
        (requests, rounds),
    )
    missed += compare(
        "WSGI, the smallest application",
        wsgi_app,
        {"codesentinel": measured_wsgi} | wsgi_peers(),
        wsgi_seconds,
        (requests * 3, rounds),
    )
    if flask_app() is not None:
        missed += compare(
            "WSGI, an application of Flask with one parameter in its route",
            flask_app().wsgi_app,
            {"codesentinel": measured_wsgi} | wsgi_peers(flask_app),
            wsgi_seconds,
            (requests, rounds),
        )
    print(f"missed: {'; '.join(missed) or 'none'}")
    return 1 if missed else 0


def measured_wsgi(app) -> WsgiMetricsMiddleware:
    """The application, measured by ours."""
    return WsgiMetricsMiddleware(app, service="s", registry=CollectorRegistry())


def compare(title, bare, wrap, seconds: Measure, size: tuple[int, int]) -> list[str]:
    """One table, and what in it costs less than ours."""
    requests, rounds = size
    apps = {"bare": bare} | {name: make(bare) for name, make in wrap.items()}
    taken: dict[str, list[float]] = {name: [] for name in apps}
    for app in apps.values():
        seconds(app, requests)  # what is imported and learned by the first requests is not of interest
    for number in range(rounds):
        for name in sorted(apps, key=lambda name: hash((name, number))):
            taken[name].append(seconds(apps[name], requests))
    bare_us = [value * 1e6 for value in taken["bare"]]
    more = {
        name: statistics.median(value * 1e6 - base for value, base in zip(values, bare_us, strict=True))
        for name, values in taken.items()
    }
    print(f"{title}: bare {statistics.median(bare_us):.1f} us a request; each adds")
    for name in sorted(set(apps) - {"bare"}, key=more.__getitem__):
        print(f"  {name:<42}{more[name]:>8.2f} us  {more[name] / more['codesentinel']:>6.2f} times ours")
    peers = wrap.keys() - {"codesentinel"}
    for name in sorted(peers):
        ratios = [
            (mine - base) / (its - base)
            for mine, its, base in zip(taken["codesentinel"], taken[name], taken["bare"], strict=True)
            if its > base
        ]
        between = (
            Spread(*(statistics.quantiles(ratios, n=20)[at] for at in (0, -1))) if len(ratios) > 1 else None
        )
        claim(
            f"added to a request: {title}",
            more["codesentinel"],
            "us CPU",
            peer=name,
            theirs=more[name],
            spread=between,
            limit="less than the peer",
        )
    if not peers:
        print("  no peer is there to compare with")
    return [f"{name} costs less" for name in peers if more[name] <= more["codesentinel"]]


def asgi_app() -> Any:
    """An application whose route has a parameter; the smallest one where Starlette is not there."""
    try:
        from starlette.applications import Starlette
        from starlette.responses import PlainTextResponse
        from starlette.routing import Route
    except ImportError:
        return smallest

    def endpoint():
        async def item(_request):
            return PlainTextResponse("x")

        return item

    others = [Route(f"/other{number}/{{id}}", endpoint()) for number in range(5)]
    return Starlette(routes=[*others, Route("/items/{id}", endpoint())])


async def smallest(_scope, _receive, send) -> None:
    """Answer with one byte."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"x"})


def wsgi_app(_environ, start_response):
    """Answer with one byte."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"x"]


def flask_app() -> Any:
    """An application whose route has a parameter, where Flask is there."""
    try:
        from flask import Flask
    except ImportError:
        return None
    app = Flask("benchmark")
    app.add_url_rule("/items/<int:number>", "item", lambda number: f"{number}")
    return app


def asgi_seconds(app, requests: int) -> float:
    """CPU seconds a request."""

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_message):
        pass

    async def several():
        began = time.thread_time()
        for _ in range(requests):
            await app(dict(SCOPE), receive, send)
        return (time.thread_time() - began) / requests

    return asyncio.run(several())


def wsgi_seconds(app, requests: int) -> float:
    """CPU seconds a request."""

    def start_response(*_):
        return None

    began = time.thread_time()
    for _ in range(requests):
        body = app(dict(ENVIRON), start_response)
        for _chunk in body:
            pass
        if hasattr(body, "close"):
            body.close()
    return (time.thread_time() - began) / requests


if __name__ == "__main__":
    sys.exit(main())
