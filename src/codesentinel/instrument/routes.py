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


class _Template(NamedTuple):
    """A template, and the ends of paths that it makes: of parts without a slash, or of any."""

    text: str
    parameters: frozenset[str]
    strict: re.Pattern[str]
    loose: re.Pattern[str]


class _Known(NamedTuple):
    """An endpoint, kept alive so that no other object takes its id, and the templates that lead to it."""

    endpoint: object
    templates: tuple[_Template, ...]
    only: str | None
    """Where one template leads there, as nearly always: that one."""


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
        return known.only or _fitting(known.templates, scope)

    def _learn(self, endpoint: object, scope: MutableMapping[str, Any]) -> _Known:
        """Read the whole table: it is new, or routes were added to it."""
        found: dict[int, tuple[object, list[str]]] = {}
        for leads_to, template in _walk(_children(scope.get("router")), ""):
            found.setdefault(id(leads_to), (leads_to, []))[1].append(template)
        hidden = _own(scope.get("route")) or UNMATCHED
        found.setdefault(id(endpoint), (endpoint, [hidden]))
        self._known = {key: _known(leads_to, templates) for key, (leads_to, templates) in found.items()}
        return self._known[id(endpoint)]


def _known(endpoint: object, templates: list[str]) -> _Known:
    if len(templates) == 1:
        return _Known(endpoint, (), templates[0])
    longest_first = sorted(templates, key=len, reverse=True)
    return _Known(endpoint, tuple(_compiled(template) for template in longest_first), None)


def _compiled(template: str) -> _Template:
    fixed = [re.escape(part) for part in _PARAMETER.split(template)[::2]]
    strict, loose = (re.compile(f"{value.join(fixed)}$") for value in ("[^/]+", ".*"))
    return _Template(template, frozenset(_PARAMETER.findall(template)), strict, loose)


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


def _fitting(templates: tuple[_Template, ...], scope: MutableMapping[str, Any]) -> str:
    """Which of several templates for one endpoint this path was made from; the longest that fits."""
    parameters = set(scope.get("path_params", ()))
    same = [template for template in templates if template.parameters == parameters] or templates
    path = scope["path"]
    for template in same:
        if template.strict.search(path):
            return template.text
    for template in same:
        if template.loose.search(path):
            return template.text
    return same[0].text
