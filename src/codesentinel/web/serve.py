"""Serving the web applications: on the loopback interface; what a token guards elsewhere too."""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.model.errors import NotInstalled, Refused
from codesentinel.operations.ports import check_port

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from starlette.types import ASGIApp

    from codesentinel.operations.base import Context


class Reach(NamedTuple):
    """Who may reach a server: where it listens, the token that it asks for, and the names that it has."""

    host: str = "127.0.0.1"
    token: str = ""
    names: tuple[str, ...] = ()

    def known_as(self) -> tuple[str, ...] | None:
        """Its names on a network; None where only this machine reaches it.

        Raises:
            Refused: it is reached from elsewhere, and no token guards it.
        """
        if is_loopback(self.host) and not self.names:
            return None
        if not self.token:
            raise Refused(
                "will not take other names without a token"
                if is_loopback(self.host)
                else f"will not listen on {self.host} without a token",
                hint="--token-file FILE names a file that holds one; without it only this machine may ask",
            )
        return (*self.names, socket.gethostname(), self.host)


def own_app(context: Context, *, reach: Reach) -> ASGIApp:
    """The metrics of codesentinel itself, and the receiver of alerts.

    Raises:
        Refused: it is reached from elsewhere, and no token guards it.
    """
    from codesentinel.web.app import create_app

    return create_app(context, token=reach.token, names=reach.known_as())


def behind_token(create_app: Callable[[Context], ASGIApp], context: Context, *, reach: Reach) -> ASGIApp:
    """An application that asks nobody who they are, guarded where it is reached from elsewhere.

    Raises:
        Refused: it is reached from elsewhere, and no token guards it.
    """
    from codesentinel.web.bearer import BearerGate
    from codesentinel.web.guard import LoopbackGuard, NameGuard

    names = reach.known_as()
    app = create_app(context)
    gated = BearerGate(app, reach.token) if reach.token else app
    return LoopbackGuard(gated) if names is None else NameGuard(gated, names)


def cloudwatch_app(context: Context) -> ASGIApp:
    """The exporter of CloudWatch."""
    from codesentinel.web.cloudwatch import create_app

    return create_app(context)


def otlp_app(context: Context) -> ASGIApp:
    """The receiver of agents' telemetry."""
    from codesentinel.web.otlp import create_otlp

    return create_otlp(context)


def viewer_app(context: Context, *, reach: Reach, folders: Sequence[Path]) -> ASGIApp:
    """Dashboards, findings and alerts for a browser; on a network only for who shows the token.

    Raises:
        Refused: it is reached from elsewhere, and no token guards it.
    """
    from codesentinel.web.viewer.app import create_viewer

    return create_viewer(context, folders=folders, token=reach.token, names=reach.known_as())


def serve(
    context: Context,
    *,
    host: str,
    port: int,
    create_app: Callable[[Context], ASGIApp],
    guarded: bool = False,
) -> None:
    """Serve what ``create_app`` makes until SIGINT or SIGTERM.

    ``guarded`` says that the application asks everybody who they are; only such a one may be reached
    from elsewhere.

    Raises:
        PortInUse: somebody else listens there.
        Refused: ``host`` is not a loopback address, and nothing guards the application.
        NotInstalled: the ``web`` extra is missing.
    """
    if not guarded and not is_loopback(host):
        raise Refused(f"will not listen on {host}", hint="only loopback addresses: nothing guards the others")
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


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens on ``host``."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
