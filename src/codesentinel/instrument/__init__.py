"""What a service adds to be seen: requests, errors and durations under OpenTelemetry's names."""

from codesentinel.instrument.asgi import MetricsMiddleware
from codesentinel.instrument.exposition import metrics_app

__all__ = ["MetricsMiddleware", "metrics_app"]
