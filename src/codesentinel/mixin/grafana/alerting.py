"""Grafana's contact points and notification policies, mirrored from Alertmanager's configuration.

For alerts that Grafana evaluates itself. What Prometheus evaluates goes by Alertmanager, as ever. Grafana
knows no inhibition: of a pair its P2 is sent beside the P1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from codesentinel.mixin.grafana.provisioning import COMMAND
from codesentinel.mixin.yaml_text import yaml_text

if TYPE_CHECKING:
    from collections.abc import Mapping

_MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"(.*)"')
_WAITS = ("group_wait", "group_interval", "repeat_interval")


def contact_points(config: Mapping[str, Any]) -> str:
    """The receivers of ``alertmanager.yml``, given as its document."""
    points = [
        {"orgId": 1, "name": receiver["name"], "receivers": _receivers(receiver)}
        for receiver in config["receivers"]
    ]
    return yaml_text({"apiVersion": 1, "contactPoints": points}, command=COMMAND)


def policies(config: Mapping[str, Any]) -> str:
    """The routes of ``alertmanager.yml``, given as its document."""
    return yaml_text(
        {"apiVersion": 1, "policies": [{"orgId": 1, **_route(config["route"])}]}, command=COMMAND
    )


def _receivers(receiver: Mapping[str, Any]) -> list[dict[str, Any]]:
    name = receiver["name"]
    found = []
    for kind, settings in (
        ("webhook", _webhook),
        ("pagerduty", _pagerduty),
        ("slack", _slack),
    ):
        for number, entry in enumerate(receiver.get(f"{kind}_configs", ()), start=1):
            found.append(
                {
                    "uid": f"codesentinel-{name}-{kind}-{number}",
                    "type": kind,
                    "disableResolveMessage": not entry.get("send_resolved", False),
                    "settings": settings(entry),
                }
            )
    return found


def _webhook(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"url": entry["url"], "httpMethod": "POST"}


def _pagerduty(entry: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("severity", "class", "component", "group", "client", "client_url", "details")
    url = {"url": entry["url"]} if "url" in entry else {}
    return {
        "integrationKey": _from_file(entry["routing_key_file"]),
        "summary": entry["description"],
        **{key: entry[key] for key in kept},
        **url,
    }


def _slack(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "url": _from_file(entry["api_url_file"]),
        "recipient": entry["channel"],
        "title": entry["title"],
        "text": entry["text"],
    }


def _from_file(path: str) -> str:
    """Grafana's word for the content of a file; a key never stands in the text."""
    return f"$__file{{{path}}}"


def _route(route: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"receiver": route["receiver"]}
    if "group_by" in route:
        found["group_by"] = list(route["group_by"])
    if "matchers" in route:
        found["object_matchers"] = [_matcher(text) for text in route["matchers"]]
    if route.get("continue"):
        found["continue"] = True
    found |= {key: route[key] for key in _WAITS if key in route}
    if route.get("routes"):
        found["routes"] = [_route(inner) for inner in route["routes"]]
    return found


def _matcher(text: str) -> list[str]:
    match = _MATCHER.fullmatch(text)
    if match is None:
        raise ValueError(f"not a matcher of one label: {text}")
    return list(match.groups())
