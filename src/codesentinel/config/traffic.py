"""Reading ``traffic`` in ``canary.yaml``: which splitter, and what it takes to reach it."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from codesentinel.config.table import Range, Table
from codesentinel.model.rollout import ENVOY, GATEWAY_API, HAPROXY, ISTIO, Traffic
from codesentinel.model.traffic import Address

if TYPE_CHECKING:
    from collections.abc import Callable

_COMMON = ("kind", "baseline", "canary", "settle", "timeout")
_OWN_ENVOY = ("listen", "metrics", "program")
_ENVOY = ("rds_file", "admin", "route")
_HAPROXY = ("socket", "backend")
_CLUSTER = ("namespace", "name", "context", "arrived")
_SCRAPED_SECONDS = 60.0
"""What a Prometheus counts is known so much later."""

_PORTS = range(1, 65536)


def traffic_of(table: Table) -> Traffic:
    """What stands under ``traffic``, with its mistakes put down."""
    given = table.mapping("traffic")
    kind = given.get("kind")
    keys, read = _KINDS.get(kind if isinstance(kind, str) else "", ((), None))
    if kind == ENVOY and "listen" not in given:
        keys, read = _ENVOY, _envoy
    known = (*_COMMON, *keys) if read else tuple(given)
    inner = Table(f"{table.where}traffic: ", given, table.problems, known)
    if read:
        return read(inner)
    inner.word("kind", tuple(_KINDS))
    return Traffic("", "", "")


def _common(table: Table, settle: float) -> dict[str, Any]:
    return {
        "kind": table.given["kind"],
        "settle_seconds": table.seconds("settle", settle, Range(0, 3600)),
        "timeout_seconds": table.seconds("timeout", 10.0, Range(0.1, 600)),
    }


def _own_envoy(table: Table) -> Traffic:
    addresses = {key: _address(table, key) for key in ("listen", "baseline", "canary")}
    metrics = _address(table, "metrics") if "metrics" in table.given else None
    listen = addresses["listen"]
    for key, address in (("listen", listen), ("metrics", metrics)):
        if address and not ipaddress.ip_address(address.host).is_loopback:
            table.wrong(key, f"should be of the loopback interface, such as 127.0.0.1:8720, not {address}")
    taken = [address for address in (*addresses.values(), metrics) if address]
    if len(set(taken)) != len(taken):
        table.wrong("listen", "listen, metrics, baseline and canary should be four different addresses")
    return Traffic(
        baseline=str(addresses["baseline"] or ""),
        canary=str(addresses["canary"] or ""),
        listen=listen,
        metrics=metrics,
        program=table.text("program", ""),
        **_common(table, 0.5),
    )


def _envoy(table: Table) -> Traffic:
    admin = table.text("admin")
    if admin and not admin.startswith(("http://", "unix:/")):
        table.wrong("admin", f"should be http://HOST:PORT or unix:/PATH, not {admin!r}")
    return Traffic(
        baseline=table.text("baseline", "baseline"),
        canary=table.text("canary", "canary"),
        rds_file=table.text("rds_file"),
        admin=admin,
        part=table.text("route", ""),
        **_common(table, 0.5),
    )


def _haproxy(table: Table) -> Traffic:
    return Traffic(
        baseline=table.text("baseline"),
        canary=table.text("canary"),
        socket=table.text("socket"),
        backend=table.text("backend"),
        **_common(table, 0.5),
    )


def _cluster(table: Table, part: str) -> Traffic:
    arrived = Table(
        f"{table.where}arrived: ", table.mapping("arrived"), table.problems, ("baseline", "canary")
    )
    return Traffic(
        baseline=table.text("baseline"),
        canary=table.text("canary"),
        namespace=table.text("namespace"),
        name=table.text("name"),
        context=table.text("context", ""),
        part=table.text(part, ""),
        count_baseline=arrived.text("baseline"),
        count_canary=arrived.text("canary"),
        **_common(table, _SCRAPED_SECONDS),
    )


def _address(table: Table, key: str) -> Address | None:
    text = table.text(key)
    host, _, port = text.rpartition(":")
    try:
        good = ipaddress.ip_address(host).version == 4 and port.isdecimal() and int(port) in _PORTS
    except ValueError:
        good = False
    if good:
        return Address(host, int(port))
    if text:
        table.wrong(key, f"should be an IPv4 address and a port, such as 127.0.0.1:8711, not {text!r}")
    return None


_KINDS: dict[str, tuple[tuple[str, ...], Callable[[Table], Traffic]]] = {
    ENVOY: (_OWN_ENVOY, _own_envoy),
    HAPROXY: (_HAPROXY, _haproxy),
    ISTIO: ((*_CLUSTER, "route"), lambda table: _cluster(table, "route")),
    GATEWAY_API: ((*_CLUSTER, "rule"), lambda table: _cluster(table, "rule")),
}
