"""The template of the route that answered a request: ``/product/{id}``, never ``/product/4711``.

Frameworks leave different traces in the ASGI scope. FastAPI puts the route itself there; Starlette only
the endpoint, whose template is looked up in the router's table, read once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from codesentinel.instrument.http_metrics import UNMATCHED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, MutableMapping


class _Known(NamedTuple):
    template: str
    parameters: frozenset[str]


class RouteFinder:
    """Finds templates; one for each application."""

    def __init__(self) -> None:
        self._router: object = None
        self._known: dict[int, list[_Known]] = {}

    def template(self, scope: MutableMapping[str, Any]) -> str:
        """The template of the route that took this request, or ``unmatched``; call it afterwards."""
        route = scope.get("route")
        if route is not None:
            return str(getattr(route, "path_format", None) or getattr(route, "path", UNMATCHED))
        endpoint, router = scope.get("endpoint"), scope.get("router")
        if endpoint is None or router is None:
            return UNMATCHED
        if router is not self._router:
            self._read(router)
        candidates = self._known.get(id(endpoint), [])
        if len(candidates) > 1:  # one endpoint serves several paths: its parameters tell which
            given = frozenset(scope.get("path_params", ()))
            candidates = [c for c in candidates if c.parameters == given] or candidates
        return candidates[0].template if candidates else UNMATCHED

    def _read(self, router: Any) -> None:
        self._router = router
        self._known = {}
        for endpoint, template in _walk(router.routes, ""):
            names = frozenset(part.partition("}")[0] for part in template.split("{")[1:])
            self._known.setdefault(id(endpoint), []).append(_Known(template, names))


def _walk(routes: Iterable[Any], prefix: str) -> Iterator[tuple[object, str]]:
    for route in routes:
        template = prefix + getattr(route, "path_format", getattr(route, "path", ""))
        inner = getattr(route, "routes", None)
        if inner:
            yield from _walk(inner, template.removesuffix("/{path}"))
        yield getattr(route, "endpoint", getattr(route, "app", None)), template
