"""Pushing a deployment to a Pushgateway, and deleting what was pushed.

Each deployment is pushed twice, with PUT, which replaces a group whole: into the group of its service and
environment, which shows the latest, and into a group of its own, which waits until it was ingested. So
none is lost where several are pushed between two looks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.deployment import INFO, LATEST_JOB, RUN_JOB, TIMES
from codesentinel.model.errors import BadAnswer, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from prometheus_client import CollectorRegistry

    from codesentinel.model.deployment import Deployment

_HINT = "is this the address of a Pushgateway?"


def push_deployment(url: str, deployment: Deployment, *, timeout_seconds: float) -> None:
    """PUT both groups; the one of its own first, so that nothing is shown that will not be recorded.

    Raises:
        Unreachable: nothing answers.
        BadAnswer: what answers refuses.
    """
    from prometheus_client import push_to_gateway

    key = group_key(deployment)
    for job, grouping in ((RUN_JOB, {**key, "run": deployment.id}), (LATEST_JOB, key)):
        registry = _registry(deployment)
        _told(
            url,
            lambda job=job, grouping=grouping, registry=registry: push_to_gateway(  # type: ignore[misc]
                url, job, registry, grouping, timeout=timeout_seconds
            ),
        )


def delete_group(url: str, grouping: Mapping[str, str], *, timeout_seconds: float) -> None:
    """Delete one group, given by all labels of its grouping key, ``job`` among them.

    Raises:
        Unreachable: nothing answers.
        BadAnswer: what answers refuses.
    """
    from prometheus_client import delete_from_gateway

    key = {name: value for name, value in grouping.items() if name != "job"}
    _told(url, lambda: delete_from_gateway(url, grouping["job"], key, timeout=timeout_seconds))


def group_key(deployment: Deployment) -> dict[str, str]:
    """The grouping key of the latest deployment, less its job."""
    return {"service": deployment.service, "environment": deployment.environment}


def _registry(deployment: Deployment) -> CollectorRegistry:
    from prometheus_client import CollectorRegistry, Gauge

    registry = CollectorRegistry()
    labels = {"run": deployment.id, "revision": deployment.revision, "status": deployment.status}
    Gauge(INFO, "A deployment and how it stands.", list(labels), registry=registry).labels(**labels).set(1)
    for name, (metric, text) in TIMES.items():
        moment = getattr(deployment, name)
        if moment is not None:
            Gauge(metric, text, registry=registry).set(moment)
    return registry


def _told(url: str, call: Callable[[], None]) -> None:
    """Call, with its errors as ours."""
    from urllib.error import HTTPError, URLError

    shown = url.rpartition("@")[2]
    try:
        call()
    except HTTPError as exc:
        said = exc.read(200).decode(errors="replace").strip()
        raise BadAnswer(f"{shown} answered {exc.code}: {said or exc.reason}", hint=_HINT) from exc
    except (URLError, OSError, ValueError) as exc:
        raise Unreachable(f"{shown} cannot be reached: {getattr(exc, 'reason', exc)}", hint=_HINT) from exc
