"""The template of the route that answered a request: ``/product/{id}``, never ``/product/4711``.

Starlette and FastAPI leave the innermost route in the ASGI scope. What it is mounted below is looked up
in the table of the application's router, which is read once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.instrument.http_metrics import UNMATCHED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, MutableMapping

_REST = "/{path}"


class RouteFinder:
    """Finds templates; one for each application."""

    def __init__(self) -> None:
        self._router: object = None
        self._templates: dict[int, str] = {}

    def template(self, scope: MutableMapping[str, Any], outside: object) -> str:
        """The template of the route that took this request, or ``unmatched``; call it afterwards.

        ``outside`` is the route that was in the scope before: the one we are mounted at ourselves.
        """
        route = scope.get("route")
        if route is None or route is outside or getattr(route, "routes", None):
            return UNMATCHED  # nothing took it, or a group of routes did of which none matched
        router = scope.get("router")
        if router is not self._router:
            self._router = router
            self._templates = dict(_walk(getattr(router, "routes", ()), ""))
        return self._templates.get(id(route)) or _own(route) or UNMATCHED


def _walk(routes: Iterable[Any], prefix: str) -> Iterator[tuple[int, str]]:
    for route in routes:
        template = prefix + _own(route)
        yield id(route), template
        yield from _walk(getattr(route, "routes", None) or (), template.removesuffix(_REST))


def _own(route: Any) -> str:
    return str(getattr(route, "path_format", None) or getattr(route, "path", ""))
