"""A release that is moved to a canary: its file, who counts its arms, and who splits the traffic."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Any

import yaml

from codesentinel.calamum.false_server import FalseServer, keep, server
from codesentinel.calamum.players import Arms, PlayedEnvoy, routes
from codesentinel.calamum.stage import Broken
from codesentinel.model.traffic import Split

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codesentinel.calamum.stage import Stage

METRICS_PORT, ADMIN_PORT = 9890, 9891
_ROUTES = "routes.json"


def release(stage: Stage, *, traffic: Mapping[str, Any] | None = None, **rollout: Any) -> Any:
    """Two arms, a server that counts them, the file, and a played Envoy unless ``traffic`` is another one."""
    arms = stage.names["arms"] = Arms(stage.seed)
    keep(stage, "metrics", FalseServer(METRICS_PORT, arms.answer))
    if traffic is None:
        _write_routes(stage, Split(10_000, 0))
        envoy = stage.names["envoy"] = PlayedEnvoy(stage.path(_ROUTES))
        keep(stage, "admin", FalseServer(ADMIN_PORT, envoy.answer))
        traffic = {"kind": "envoy", "rds_file": _ROUTES, "admin": f"http://127.0.0.1:{ADMIN_PORT}"}
        traffic |= {"timeout": "1s", "settle": "0s"}
    errors = {
        "name": "errors",
        "kind": "errors",
        "errors": "arm_failed_total",
        "requests": "arm_requests_total",
        "margin": {"relative": 1, "absolute": 0.2},
    }
    document = {
        "block": "1s",
        "minimum_requests": 20,
        "metrics": [errors],
        "rollout": {
            "service": "shop",
            "baseline": '{arm="baseline"}',
            "canary": '{arm="canary"}',
            "traffic": traffic,
            "steps": [{"percent": 10}, {"percent": 50}],
            "tick": "200ms",
            "hold_at_most": "60s",
            **rollout,
        },
    }
    with open(stage.path("canary.yaml"), "w", encoding="utf-8") as file:
        yaml.safe_dump(document, file)
    settings = f'[sources]\nprometheus_url = "http://127.0.0.1:{METRICS_PORT}"\ntimeout_seconds = 2.0\n'
    with open(stage.path("codesentinel.toml"), "w", encoding="utf-8") as file:
        file.write(settings)
    return document["rollout"]


def same_release_in(stage: Stage, *, folder: str) -> Any:
    """The file of this release in another workspace, a folder of this one."""
    os.makedirs(stage.path(folder), exist_ok=True)
    with open(stage.path("canary.yaml"), encoding="utf-8") as file:
        document = yaml.safe_load(file)
    document["rollout"]["traffic"]["rds_file"] = f"../{_ROUTES}"
    with open(stage.path(folder, "canary.yaml"), "w", encoding="utf-8") as file:
        yaml.safe_dump(document, file)
    shutil.copy(stage.path("codesentinel.toml"), stage.path(folder))
    return folder


def go_wrong(stage: Stage, *, what: str) -> Any:
    """Something is wrong from now on: ``bad``, ``silent``, ``deaf`` or ``lies``; ``mended`` ends it."""
    arms, envoy = stage.names.get("arms"), stage.names.get("envoy")
    if not isinstance(arms, Arms):
        raise Broken("there is no release in this case")
    arms.is_bad, arms.is_silent = what == "bad", what == "silent"
    if isinstance(envoy, PlayedEnvoy):
        envoy.deaf, envoy.lies = what == "deaf", what == "lies"
    return what


def set_weights(stage: Stage, *, baseline: int, canary: int) -> Any:
    """Change the weights behind the back of whoever moves the traffic."""
    _write_routes(stage, Split(baseline, canary))
    return [baseline, canary]


def weights(stage: Stage) -> Any:
    """The share of the traffic that the canary gets now, the most it ever got, and how often that changed."""
    envoy = stage.names.get("envoy")
    if not isinstance(envoy, PlayedEnvoy):
        raise Broken("no Envoy is played in this case")
    server(stage, "admin").right("/config_dump")
    ratios = [one.canary_ratio for one in envoy.history]
    return {"now": ratios[-1], "most": max(ratios), "changes": len(ratios) - 1}


def _write_routes(stage: Stage, served: Split) -> None:
    resource = {"@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration", **routes(served)}
    with open(stage.path(_ROUTES), "w", encoding="utf-8") as file:
        json.dump({"version_info": "0", "resources": [resource]}, file)


ACTIONS: dict[str, Callable[..., Any]] = {
    one.__name__: one for one in (release, same_release_in, go_wrong, set_weights)
}
PROBES: dict[str, Callable[..., Any]] = {one.__name__: one for one in (weights,)}
