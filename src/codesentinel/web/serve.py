"""Serving the web application, on the loopback interface only."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from codesentinel.model.errors import NotInstalled, Refused
from codesentinel.operations.ports import check_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp

    from codesentinel.operations.base import Context


def own_app(context: Context) -> ASGIApp:
    """The metrics of codesentinel itself, and the receiver of alerts."""
    from codesentinel.web.app import create_app

    return create_app(context)


def cloudwatch_app(context: Context) -> ASGIApp:
    """The exporter of CloudWatch."""
    from codesentinel.web.cloudwatch import create_app

    return create_app(context)


def serve(
    context: Context, *, host: str, port: int, create_app: Callable[[Context], ASGIApp] = own_app
) -> None:
    """Serve what ``create_app`` makes until SIGINT or SIGTERM.

    Raises:
        PortInUse: somebody else listens there.
        Refused: ``host`` is not a loopback address; there is no password yet that could guard it.
        NotInstalled: the ``web`` extra is missing.
    """
    if not _is_loopback(host):
        raise Refused(
            f"will not listen on {host}", hint="only loopback addresses: nothing guards the others yet"
        )
    try:
        app = create_app(context)
        from codesentinel.web.server import Server
    except ModuleNotFoundError as exc:
        raise NotInstalled(
            f"serving needs the web extra ({exc.name} is missing)", hint="pip install 'codesentinel[web]'"
        ) from exc
    check_port(port, host)
    context.tell(f"serving on http://{f'[{host}]' if ':' in host else host}:{port}")
    Server(app, host=host, port=port).run()


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
