"""What a service adds to be seen: requests, errors and durations under OpenTelemetry's names."""

from codesentinel.instrument.asgi import MetricsMiddleware
from codesentinel.instrument.exposition import metrics_app, metrics_wsgi_app
from codesentinel.instrument.work import WorkMetrics
from codesentinel.instrument.wsgi import WsgiMetricsMiddleware

__all__ = ["MetricsMiddleware", "WorkMetrics", "WsgiMetricsMiddleware", "metrics_app", "metrics_wsgi_app"]
