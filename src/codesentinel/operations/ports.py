"""Whether servers can listen where they are meant to, told for all of them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.capture.ports import holder, is_free
from codesentinel.model.errors import PortInUse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.model.service import Service


def check_port(port: int, host: str) -> None:
    """Do nothing when the port is free.

    Raises:
        PortInUse: naming who holds it.
    """
    if not is_free(port, host):
        raise PortInUse(f"port {port} is held by {holder(port)}", hint="end it, or choose another --port")


def check_ports(services: Sequence[Service]) -> None:
    """Do nothing when every service can listen on its port.

    Raises:
        PortInUse: naming every port that is taken, and by whom.
    """
    taken = [(s.name, s.port) for s in services if s.port is not None and not is_free(s.port)]
    if taken:
        lines = [f"port {port}, for {name}, is held by {holder(port)}" for name, port in taken]
        raise PortInUse(
            "\n".join(lines), hint="end what holds it, or shift all ports: codesentinel up --port-offset 1000"
        )
