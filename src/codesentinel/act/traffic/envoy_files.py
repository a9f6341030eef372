"""What the files of an Envoy of our own say: it listens in front of two addresses, and on no other one.

Its administration is a socket in the file system that only its owner may open. Clusters and routes are files
of their own, so that addresses and weights change while it runs. Where metrics are wanted, one more listener
hands out ``/stats/prometheus``, and nothing else of the administration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codesentinel.model.traffic import Address

ADMIN_SOCKET = "admin.sock"
BOOTSTRAP, CLUSTERS, ROUTES = "bootstrap.json", "clusters.json", "routes.json"
ROUTE = "canary"
_CLUSTER = "type.googleapis.com/envoy.config.cluster.v3.Cluster"
_ROUTES = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"
_FILTERS = "type.googleapis.com/envoy.extensions.filters"
_OWNER_ONLY = 0o600


def bootstrap(target: str, listen: Address, metrics: Address | None) -> dict[str, Any]:
    """The file it is started with, in the folder that holds all of them."""
    listeners = [
        _listener("traffic", listen, {"rds": {"route_config_name": ROUTE, "config_source": _watched(ROUTES)}})
    ]
    clusters = []
    if metrics is not None:
        route = {"match": {"path": "/stats/prometheus"}, "route": {"cluster": "administration"}}
        routes = {"name": "metrics", "virtual_hosts": [{"name": "m", "domains": ["*"], "routes": [route]}]}
        listeners.append(_listener("metrics", metrics, {"route_config": routes}))
        clusters.append(_cluster("administration", {"pipe": {"path": ADMIN_SOCKET}}))
    return {
        "node": {"id": target, "cluster": "codesentinel"},
        "admin": {"address": {"pipe": {"path": ADMIN_SOCKET, "mode": _OWNER_ONLY}}},
        "dynamic_resources": {"cds_config": _watched(CLUSTERS)},
        "static_resources": {"listeners": listeners, "clusters": clusters},
    }


def clusters(baseline: Address, canary: Address) -> dict[str, Any]:
    """The two addresses that are split between."""
    arms = {"baseline": baseline, "canary": canary}
    return {
        "resources": [
            {"@type": _CLUSTER, **_cluster(name, {"socket_address": _socket_address(address)})}
            for name, address in arms.items()
        ]
    }


def routes() -> dict[str, Any]:
    """Everything to the baseline."""
    weights = [{"name": "baseline", "weight": 1}, {"name": "canary", "weight": 0}]
    route = {
        "name": ROUTE,
        "match": {"prefix": "/"},
        "route": {"weighted_clusters": {"clusters": weights}, "timeout": "0s"},
    }
    hosts = [{"name": "all", "domains": ["*"], "routes": [route]}]
    return {"resources": [{"@type": _ROUTES, "name": ROUTE, "virtual_hosts": hosts}]}


def _listener(name: str, address: Address, routing: dict[str, Any]) -> dict[str, Any]:
    manager = {
        "@type": f"{_FILTERS}.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": name,
        "server_header_transformation": "PASS_THROUGH",
        "http_filters": [
            {
                "name": "envoy.filters.http.router",
                "typed_config": {"@type": f"{_FILTERS}.http.router.v3.Router"},
            }
        ],
        "upgrade_configs": [{"upgrade_type": "websocket"}],
        **routing,
    }
    chain = {"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}
    return {
        "name": name,
        "address": {"socket_address": _socket_address(address)},
        "filter_chains": [chain],
        "enable_reuse_port": False,  # else a second one on this port would take a part of the requests
    }


def _cluster(name: str, address: dict[str, Any]) -> dict[str, Any]:
    endpoint = {"endpoint": {"address": address}}
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": "2s",
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [endpoint]}]},
    }


def _socket_address(address: Address) -> dict[str, Any]:
    return {"address": address.host, "port_value": address.port}


def _watched(file: str) -> dict[str, Any]:
    return {
        "path_config_source": {"path": file, "watched_directory": {"path": "."}},
        "resource_api_version": "V3",
    }
