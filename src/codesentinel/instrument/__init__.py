"""What a service adds to be seen: requests, errors and durations under OpenTelemetry's names."""

from codesentinel.instrument.asgi import MetricsMiddleware
from codesentinel.instrument.exposition import metrics_app, metrics_wsgi_app
from codesentinel.instrument.resources import measure_resources
from codesentinel.instrument.waits import WaitMetrics
from codesentinel.instrument.work import WorkMetrics
from codesentinel.instrument.wsgi import WsgiMetricsMiddleware

__all__ = [
    "MetricsMiddleware",
    "WaitMetrics",
    "WorkMetrics",
    "WsgiMetricsMiddleware",
    "measure_resources",
    "metrics_app",
    "metrics_wsgi_app",
]
