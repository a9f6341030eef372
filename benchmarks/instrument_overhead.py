"""What the middleware adds to a request of the smallest ASGI application.

    python benchmarks/instrument_overhead.py [--quick]

Peers are measured where they are installed; none of them is required.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import statistics
import sys
import time

from prometheus_client import CollectorRegistry

from codesentinel.instrument import MetricsMiddleware

SCOPE = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b"", "root_path": ""}
PEERS = ("prometheus_fastapi_instrumentator", "opentelemetry.instrumentation.asgi")


async def bare(_scope, _receive, send) -> None:
    """Answer with one byte."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"x"})


async def nothing(*_) -> dict[str, str]:
    """Take and give nothing."""
    return {"type": "http.request"}


async def seconds_each(app, requests: int) -> float:
    """Seconds a request."""
    began = time.perf_counter()
    for _ in range(requests):
        await app(dict(SCOPE), nothing, nothing)
    return (time.perf_counter() - began) / requests


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    requests = 2_000 if parser.parse_args().quick else 20_000
    measured = MetricsMiddleware(bare, service="s", registry=CollectorRegistry())
    rows: dict[str, list[float]] = {"bare": [], "MetricsMiddleware": []}
    for _ in range(7):
        rows["bare"].append(asyncio.run(seconds_each(bare, requests)))
        rows["MetricsMiddleware"].append(asyncio.run(seconds_each(measured, requests)))
    base = statistics.median(rows["bare"])
    for name, values in rows.items():
        median = statistics.median(values)
        print(f"{name:<24}{median * 1e6:>8.2f} us a request, +{(median - base) * 1e6:.2f} us")
    for peer in PEERS:
        try:
            here = importlib.util.find_spec(peer) is not None
        except ModuleNotFoundError:
            here = False
        if not here:
            print(f"{peer:<40} not installed, not measured")
    return 0


if __name__ == "__main__":
    sys.exit(main())
