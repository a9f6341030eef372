"""The template of the route that answered a request: ``/product/{id}``, never ``/product/4711``.

Every release of Starlette, and FastAPI with it, leaves the endpoint it called in the ASGI scope. Which
template leads there is looked up in the table of the outermost router, through everything mounted in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from codesentinel.instrument.http_metrics import ROUTE, UNMATCHED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, MutableMapping

_REST = "/{path}"
_PARAMETER = re.compile(r"\{(\w+)\}")


class _Known(NamedTuple):
    """An endpoint, kept alive so that no other object takes its id, and the templates that lead to it."""

    endpoint: object
    templates: tuple[str, ...]


class RouteFinder:
    """Finds templates; one for each application."""

    def __init__(self) -> None:
        self._known: dict[int, _Known] = {}

    def template(self, scope: MutableMapping[str, Any], outside: object) -> str:
        """The template of the route that took this request, or ``unmatched``; ask once it was routed.

        ``outside`` is the endpoint that was in the scope before: the one we are mounted as ourselves.
        """
        if ROUTE in scope:
            return str(scope[ROUTE])
        endpoint = scope.get("endpoint")
        if endpoint is None or endpoint is outside:
            return UNMATCHED
        known = self._known.get(id(endpoint)) or self._learn(endpoint, scope)
        if len(known.templates) == 1:
            return known.templates[0]
        return _fitting(known.templates, scope)

    def _learn(self, endpoint: object, scope: MutableMapping[str, Any]) -> _Known:
        """Read the whole table: it is new, or routes were added to it."""
        found: dict[int, _Known] = {}
        for leads_to, template in _walk(_children(scope.get("router")), ""):
            templates = found[id(leads_to)].templates if id(leads_to) in found else ()
            found[id(leads_to)] = _Known(leads_to, (*templates, template))
        hidden = _Known(endpoint, (_own(scope.get("route")) or UNMATCHED,))
        known = found.setdefault(id(endpoint), hidden)
        self._known = found
        return known


def _walk(routes: Iterable[Any], prefix: str) -> Iterator[tuple[object, str]]:
    """Each endpoint with its template; a group of routes by itself took nothing."""
    for route in routes:
        included = getattr(route, "effective_route_contexts", None)
        if included is not None:  # a router that FastAPI includes: its routes know their whole path
            yield from _walk([context.starlette_route or context for context in included()], prefix)
            continue
        template = prefix + _own(route)
        children = _children(route)
        endpoint = getattr(route, "endpoint", None) or getattr(route, "app", None)
        yield endpoint, UNMATCHED if children else template or "/"
        yield from _walk(children, template.removesuffix(_REST))


def _children(app: Any) -> list[Any]:
    """The routes of an application or a mount, also behind middleware (it keeps what it wraps as ``app``)."""
    while app is not None:
        routes = getattr(app, "routes", None)
        if routes:
            return list(routes)
        app = getattr(app, "app", None)
    return []


def _own(route: Any) -> str:
    return str(getattr(route, "path_format", None) or getattr(route, "path", ""))


def _fitting(templates: tuple[str, ...], scope: MutableMapping[str, Any]) -> str:
    """Which of several templates for one endpoint this path was made from; the longest that fits."""
    parameters = set(scope.get("path_params", ()))
    longest_first = sorted(templates, key=len, reverse=True)
    same = [t for t in longest_first if set(_PARAMETER.findall(t)) == parameters] or longest_first
    for value in ("[^/]+", ".*"):
        for template in same:
            pattern = value.join(re.escape(part) for part in _PARAMETER.split(template)[::2])
            if re.search(f"{pattern}$", scope["path"]):
                return template
    return same[0]
