"""Weighted clusters in a route file that Envoy watches: changed in milliseconds, with no request lost.

Only two numbers of the file are changed; all else in it is kept. The file is replaced by a rename, which is
what Envoy watches for. What it serves is asked of its administration, and so is what it has sent where.
"""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from codesentinel.act.new_file import draft_of, drafted, publish
from codesentinel.act.traffic.local_socket import request
from codesentinel.model.errors import BadAnswer, Failed
from codesentinel.model.traffic import Arrived, Split

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCALE = 10_000
_LOOK_SECONDS = 0.005
_TYPE = "envoy.config.route.v3.RouteConfiguration"


class EnvoySplitter:
    """One route of one route file.

    Args:
        rds_file: the file that Envoy reads its routes from, JSON or YAML.
        admin: Envoy's administration, ``http://HOST:PORT`` or ``unix:/PATH``.
        route: the name of the route; empty where only one splits between the two clusters.
        baseline, canary: the names of the two clusters.
        timeout_seconds: how long Envoy may take to answer, and to take up new weights.
    """

    def __init__(
        self,
        rds_file: str,
        admin: str,
        *,
        route: str = "",
        baseline: str = "baseline",
        canary: str = "canary",
        timeout_seconds: float = 10.0,
    ) -> None:
        self._file = os.path.realpath(rds_file)
        self._admin = admin
        self._route = route
        self._clusters = (baseline, canary)
        self._timeout_seconds = timeout_seconds

    @property
    def identity(self) -> str:
        """The route file and the route in it."""
        return f"envoy:{self._file}:{self._route}:{':'.join(self._clusters)}"

    def prepare(self) -> None:
        """Somebody else runs it."""

    def split(self, canary_ratio: float) -> Split:
        """In ten-thousandths."""
        canary = round(canary_ratio * _SCALE)
        return Split(_SCALE - canary, canary)

    def read(self) -> Split:
        """The weights that Envoy serves by."""
        dump = self._asked("/config_dump?resource=dynamic_route_configs")
        found = [self._weights(config.get("route_config", {})) for config in dump.get("configs", [])]
        served = [entries for entries in found if entries is not None]
        if len(served) != 1:
            raise BadAnswer(
                f"Envoy at {self._admin} serves {len(served) or 'no'} route of that name between"
                f" {' and '.join(self._clusters)}",
                hint="does it read its routes from this file? name the route where there are several",
            )
        return Split(*(int(entry.get("weight", 0)) for entry in served[0]))

    def write(self, split: Split) -> None:
        """Change the file, and wait until Envoy has taken it up."""
        document, is_json = self._document()
        entries = [found for resource in _resources(document) if (found := self._weights(resource))]
        if len(entries) != 1:
            raise Failed(
                f"{self._file} has {len(entries) or 'no'} route between {' and '.join(self._clusters)}",
                hint="name the route where there are several; docs/how-to/release-a-canary.md shows a file",
            )
        for entry, weight in zip(entries[0], split, strict=True):
            entry["weight"] = weight
        document["version_info"] = f"codesentinel-{time.time_ns()}"
        self._replace(document, is_json=is_json)
        deadline = time.monotonic() + self._timeout_seconds
        while (served := self.read()) != split:
            if time.monotonic() > deadline:
                raise Failed(
                    f"Envoy still serves {served.canary_ratio:.2%} to the canary after"
                    f" {self._timeout_seconds:g} s, not {split.canary_ratio:.2%}",
                    hint="does it watch this file? its statistics count rejected updates as update_rejected",
                )
            time.sleep(_LOOK_SECONDS)

    def arrived(self) -> Arrived:
        """The requests that Envoy has sent to each cluster since it was started."""
        counts = []
        for cluster in self._clusters:
            name = f"cluster.{cluster.replace(':', '_')}.upstream_rq_total"
            pattern = quote(f"^{name.replace('.', '[.]')}$", safe="")
            stats = self._asked(f"/stats?format=json&filter={pattern}").get("stats", [])
            counts.append(sum(int(stat["value"]) for stat in stats if stat.get("name") == name))
        return Arrived(*counts)

    def _asked(self, path: str) -> Any:
        body = request(self._admin, "GET", path, timeout_seconds=self._timeout_seconds)
        try:
            answer = json.loads(body)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise BadAnswer(f"{self._admin}{path} is no answer of Envoy's administration")
        return answer

    def _document(self) -> tuple[dict[str, Any], bool]:
        """What the file says, and whether it is JSON."""
        try:
            with open(self._file, encoding="utf-8") as file:
                text = file.read()
        except OSError as exc:
            raise Failed(f"cannot read {self._file}: {exc.strerror}") from exc
        try:
            found, is_json = json.loads(text), True
        except ValueError:
            import yaml

            try:
                found, is_json = yaml.safe_load(text), False
            except yaml.YAMLError as exc:
                raise Failed(f"{self._file} is neither JSON nor YAML") from exc
        if not isinstance(found, dict):
            raise Failed(f"{self._file} is no discovery response of Envoy")
        return found, is_json

    def _replace(self, document: dict[str, Any], *, is_json: bool) -> None:
        if is_json:
            text = json.dumps(document, indent=1) + "\n"
        else:
            import yaml

            text = yaml.safe_dump(document, sort_keys=False)
        draft = draft_of(self._file)
        with drafted(draft) as file:
            file.write(text.encode())
            os.fchmod(file.fileno(), os.stat(self._file).st_mode & 0o777)
        publish(draft, self._file, overwrite=True)

    def _weights(self, config: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Where a route configuration keeps the weights of both clusters."""
        found = []
        for route in _routes(config):
            entries = {
                entry.get("name"): entry
                for entry in route.get("route", {}).get("weighted_clusters", {}).get("clusters", [])
            }
            if set(self._clusters) == set(entries) and self._route in ("", route.get("name", "")):
                found.append((entries[self._clusters[0]], entries[self._clusters[1]]))
        return found[0] if len(found) == 1 else None


def _resources(document: dict[str, Any]) -> Iterator[Any]:
    for resource in document.get("resources", []):
        if str(resource.get("@type", "")).endswith(_TYPE):
            yield resource


def _routes(config: Any) -> Iterator[Any]:
    for host in config.get("virtual_hosts", []):
        yield from host.get("routes", [])
