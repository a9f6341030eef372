"""Other middlewares that measure requests, each told to measure as little as it can."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Peers = dict[str, Callable[[Any], Any]]

HOME = Path("~/.cache/codesentinel/instrument-peers").expanduser()
PACKAGES = (
    "fastapi",
    "flask",
    "opentelemetry-exporter-prometheus",
    "opentelemetry-instrumentation-asgi",
    "opentelemetry-instrumentation-wsgi",
    "opentelemetry-sdk",
    "prometheus-client",
    "prometheus-fastapi-instrumentator",
    "prometheus-flask-exporter",
    "starlette-exporter",
)


def fetched(*, fetch: bool) -> Path | None:
    """A Python that has the peers, in a cache of its own."""
    python, done = HOME / "bin" / "python", HOME / "complete"
    if done.exists():
        return python
    if fetch:
        uv = Path(sys.executable).with_name("uv")
        steps = (
            [uv, "venv", "-q", "--clear", HOME],
            [uv, "pip", "install", "-q", "--python", python, *PACKAGES],
        )
        if not any(subprocess.run(step, check=False, capture_output=True).returncode for step in steps):
            done.touch()
            return python
        print("the peers could not be fetched, and are left out")
    return None


def asgi_peers(make_app: Callable[[], Any]) -> Peers:
    """Those for ASGI that are there."""
    peers: Peers = {}
    try:
        from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware
    except ImportError:
        pass
    else:
        quiet = {"exclude_spans": ["receive", "send"], **_telemetry()}
        peers["opentelemetry-instrumentation-asgi"] = lambda app: OpenTelemetryMiddleware(app, **quiet)
    try:
        from prometheus_fastapi_instrumentator import Instrumentator, metrics
    except ImportError:
        pass
    else:

        def instrumented(**more):
            from prometheus_client import CollectorRegistry

            app = make_app()
            registry = CollectorRegistry()
            instrumentator = Instrumentator(registry=registry, **more)
            instrumentator.add(metrics.latency(registry=registry)).instrument(app)
            return app

        peers["prometheus-fastapi-instrumentator"] = lambda _: instrumented()
    try:
        from starlette_exporter import PrometheusMiddleware
    except ImportError:
        pass
    else:
        peers["starlette-exporter"] = lambda app: PrometheusMiddleware(app, group_paths=True)
    return peers


def wsgi_peers(make_app: Callable[[], Any] | None = None) -> Peers:
    """Those for WSGI that are there, and for Flask where its application is given."""
    peers: Peers = {}
    try:
        from opentelemetry.instrumentation.wsgi import OpenTelemetryMiddleware
    except ImportError:
        pass
    else:
        peers["opentelemetry-instrumentation-wsgi"] = lambda app: OpenTelemetryMiddleware(app, **_telemetry())
    try:
        from prometheus_flask_exporter import PrometheusMetrics
    except ImportError:
        return peers
    if make_app is not None:

        def exported(_):
            from prometheus_client import CollectorRegistry

            app = make_app()
            PrometheusMetrics(app, registry=CollectorRegistry(), export_defaults=True)
            return app.wsgi_app

        peers["prometheus-flask-exporter"] = exported
    return peers


def _telemetry() -> dict[str, Any]:
    """A provider of metrics that are read as Prometheus reads them, and one of no traces."""
    from opentelemetry.exporter.prometheus import PrometheusMetricReader
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.trace import NoOpTracerProvider

    return {
        "meter_provider": MeterProvider(metric_readers=[PrometheusMetricReader()]),
        "tracer_provider": NoOpTracerProvider(),
    }
