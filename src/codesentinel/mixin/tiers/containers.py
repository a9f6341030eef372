"""Containers of a tier: on a network of their own, restarted, without new privileges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.mixin.compose import IMAGES, SECRETS
from codesentinel.mixin.tiers.scraping import TARGETS_PATH
from codesentinel.mixin.yaml_text import yaml_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RULES_PATH = "/etc/rules"
RULES_MOUNT = f"../prometheus/rules:{RULES_PATH}:ro"
TARGETS_MOUNT = f"../targets:{TARGETS_PATH}:ro"
ALERTMANAGERS = ("alertmanager-1", "alertmanager-2")
ALERTMANAGER_ADDRESSES = tuple(f"{name}:9093" for name in ALERTMANAGERS)


def container(image: str, command: Sequence[str], *volumes: str, **more: Any) -> dict[str, Any]:
    """One container."""
    return {
        "image": image,
        "command": list(command),
        "restart": "unless-stopped",
        "security_opt": ["no-new-privileges:true"],
        **({"volumes": list(volumes)} if volumes else {}),
        **more,
    }


def alertmanagers() -> dict[str, dict[str, Any]]:
    """Two that tell one another what was notified, so that either may be lost and nobody is told twice."""
    return {
        name: container(
            IMAGES["alertmanager"],
            [
                "--config.file=/etc/alertmanager/alertmanager.yml",
                "--storage.path=/alertmanager",
                *(f"--cluster.peer={peer}:9094" for peer in ALERTMANAGERS if peer != name),
            ],
            f"{name}:/alertmanager",
            "../alertmanager/alertmanager.yml:/etc/alertmanager/alertmanager.yml:ro",
            secrets=[
                {"source": secret, "target": f"/etc/alertmanager/secrets/{secret}"} for secret in SECRETS
            ],
        )
        for name in ALERTMANAGERS
    }


def tier(name: str, services: Mapping[str, dict[str, Any]], *, command: str) -> str:
    """The text of a tier's ``compose.yaml``, with a volume for every name that a container mounts."""
    mounts = [one.partition(":")[0] for service in services.values() for one in service.get("volumes", ())]
    named = dict.fromkeys(mount for mount in mounts if not mount.startswith((".", "$")))
    return yaml_text(
        {
            "name": name,
            "services": dict(services),
            "volumes": {mount: {} for mount in named},
            "secrets": {
                secret: {"file": f"${{CODESENTINEL_SECRETS:-../secrets}}/{secret}"} for secret in SECRETS
            },
        },
        command=command,
    )
