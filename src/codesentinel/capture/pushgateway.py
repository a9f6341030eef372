"""Reading what was pushed to a Pushgateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from codesentinel.capture.http_json import get_json
from codesentinel.model.deployment import INFO, TIMES, Deployment
from codesentinel.model.errors import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping


class Group(NamedTuple):
    """Its grouping key, when it was pushed last (epoch seconds), and the deployment it tells of."""

    key: Mapping[str, str]
    pushed_at: float
    deployment: Deployment | None


def pushed_groups(url: str, *, timeout_seconds: float) -> list[Group]:
    """Every group; those that tell of something else have no deployment.

    Raises:
        Unreachable: nothing answers at ``url``.
        BadAnswer: what answers is no Pushgateway.
    """
    document = get_json(url.rstrip("/"), "/api/v1/metrics", {}, timeout_seconds=timeout_seconds)
    try:
        return [_group(row) for row in document["data"]]
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as exc:
        raise BadAnswer(
            f"{url.rpartition('@')[2]} answered with JSON that is not the Pushgateway's API",
            hint="set sources.pushgateway_url to a Pushgateway",
        ) from exc


def _group(row: Mapping[str, Any]) -> Group:
    key = {str(name): str(value) for name, value in row["labels"].items()}
    pushed_at = float(row["push_time_seconds"]["metrics"][0]["value"])
    return Group(key, pushed_at, _deployment(key, row) if INFO in row else None)


def _deployment(key: Mapping[str, str], row: Mapping[str, Any]) -> Deployment | None:
    """The deployment of a group; None where somebody pushed something else under its names."""
    labels = row[INFO]["metrics"][0]["labels"]
    times = {name: _value(row, metric) for name, (metric, _) in TIMES.items()}
    facts = {
        "id": key.get("run") or labels.get("run", ""),
        "service": key.get("service", ""),
        "environment": key.get("environment", ""),
        "revision": labels.get("revision", ""),
        "status": labels.get("status", ""),
        "source": "pushgateway",
        **times,
    }
    try:
        return Deployment.from_document(facts)
    except ValueError:
        return None


def _value(row: Mapping[str, Any], metric: str) -> float | None:
    return float(row[metric]["metrics"][0]["value"]) if metric in row else None
