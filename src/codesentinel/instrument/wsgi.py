"""WSGI middleware that counts and times every request of a service."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

from codesentinel.instrument.exposition import metrics_wsgi_app
from codesentinel.instrument.http_metrics import CLIENT_GONE, FAILED, ROUTE, UNMATCHED, HttpMetrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from prometheus_client import CollectorRegistry

    from codesentinel.instrument.interfaces import Environ, StartResponse, WsgiApp

_WITHOUT_BODY = frozenset((204, 304))


class WsgiMetricsMiddleware:
    """Wraps a WSGI application; every request is measured.

    A request is over when its body was read to the end. An exception before that counts as status 500
    and goes on its way; a body that the server closes before its end counts as 499, for its client has
    left. Put it outermost: what other middleware costs belongs to the request.

    The route is the rule of Flask, else what the application left in ``environ["codesentinel.route"]``,
    as ``codesentinel.instrument.django.leave_route`` does for Django.

    Args:
        app: what is wrapped.
        service, environment, version: put on every series.
        registry: where the metrics are registered; None is prometheus-client's own.
        max_routes: further route templates share the route ``overflow``, and are counted; None takes
            ``CODESENTINEL_INSTRUMENT_MAX_ROUTES`` from the environment, else 500.
        metrics_path: below the path that the application is served at; answered with the metrics, and not
            measured; None where a route does that.
    """

    def __init__(
        self,
        app: WsgiApp,
        *,
        service: str,
        environment: str = "",
        version: str = "",
        registry: CollectorRegistry | None = None,
        max_routes: int | None = None,
        metrics_path: str | None = None,
    ) -> None:
        self.app = app
        self._metrics = HttpMetrics(
            service, environment=environment, version=version, registry=registry, max_routes=max_routes
        )
        self._metrics_path = metrics_path
        self._show = metrics_wsgi_app(registry)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if environ["PATH_INFO"] == self._metrics_path:
            return self._show(environ, start_response)
        request = _Request(self._metrics, environ, start_response)
        try:
            body = self.app(environ, request.start)
        except BaseException:
            request.over(FAILED)
            raise
        wrapper = environ.get("wsgi.file_wrapper")
        if wrapper is not None and isinstance(wrapper, type) and isinstance(body, wrapper):
            if _closed_by_us(body, request):
                return body
        elif hasattr(body, "__len__"):  # a server may measure a body by its only part
            return _SizedBody(request, body)
        return _Body(request, body)


class _Request:
    """One request on its way through, recorded once."""

    __slots__ = ("_active", "_began", "_environ", "_metrics", "_over", "_route", "_start_response", "status")

    def __init__(self, metrics: HttpMetrics, environ: Environ, start_response: StartResponse) -> None:
        self._metrics = metrics
        self._environ = environ
        self._start_response = start_response
        self._over = False
        self._route: str | None = None
        self.status = FAILED
        self._active = metrics.begin(environ["REQUEST_METHOD"])
        self._began = perf_counter()

    def start(self, status: str, *more: Any) -> Callable[[bytes], object]:
        """Note the status, and the route while the framework still knows it, and pass it on."""
        write = self._start_response(status, *more)
        self._route = _template(self._environ)
        self.status = int(status[:3]) if status[:3].isdecimal() else 0
        return write

    def has_no_body(self) -> bool:
        """Whether a server may well leave the body unread."""
        return self._environ["REQUEST_METHOD"] == "HEAD" or self.status in _WITHOUT_BODY

    def over(self, status: int) -> None:
        """Record the request, unless that was done: the first end counts."""
        if self._over:
            return
        self._over = True
        duration_seconds = perf_counter() - self._began
        self._active.dec()
        route = self._route or _template(self._environ)
        self._metrics.finish(route, self._environ["REQUEST_METHOD"], status, duration_seconds)


class _Body:
    """The body of an answer as the server reads it."""

    __slots__ = ("_body", "_request")

    def __init__(self, request: _Request, body: Iterable[bytes]) -> None:
        self._request = request
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        request = self._request
        try:
            yield from self._body
        except GeneratorExit:  # dropped by a server that does not close
            request.over(CLIENT_GONE)
            raise
        except BaseException:
            request.over(FAILED)
            raise
        else:
            request.over(request.status)

    def close(self) -> None:
        """End the answer; the client has left, if the body was not read to its end."""
        try:
            if hasattr(self._body, "close"):
                self._body.close()
        finally:
            request = self._request
            request.over(request.status if request.has_no_body() else CLIENT_GONE)


class _SizedBody(_Body):
    """A body whose parts can be counted beforehand."""

    __slots__ = ()

    def __len__(self) -> int:
        return len(self._body)  # type: ignore[arg-type]


def _closed_by_us(body: Any, request: _Request) -> bool:
    """Hear of the end of a file that the server sends by itself; whether that can be heard."""
    close = getattr(body, "close", None)

    def closed() -> None:
        try:
            if close is not None:
                close()
        finally:
            request.over(request.status)

    try:
        body.close = closed
    except AttributeError:
        return False
    return True


def _template(environ: Environ) -> str:
    """The template of the route that took the request; ask when the answer begins."""
    route = environ.get(ROUTE)
    if route is None:
        rule = getattr(environ.get("werkzeug.request"), "url_rule", None)  # Flask's request
        route = UNMATCHED if rule is None else rule.rule
    return str(route)
