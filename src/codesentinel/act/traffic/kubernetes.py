"""Changing two weights of an object in a cluster that others change as well.

A JSON patch touches the two numbers and nothing else. It carries the version that was read, so that a change
made meanwhile is answered with 409, and says what it expects at the places it writes to, so that a number
cannot land in a route that moved there; then the object is read and looked at anew, a few times.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from codesentinel.model.errors import (
    BadAnswer,
    CodesentinelError,
    Failed,
    NotInstalled,
    Unauthorized,
    Unreachable,
    UsageError,
)
from codesentinel.model.traffic import Split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lightkube import Client

TRIES = 6
_PAUSE_SECONDS = 0.05
_CONFLICT, _UNPROCESSABLE = 409, 422
_FIELD_MANAGER = "codesentinel"


class Kind(NamedTuple):
    """A kind of object, as the API server names it."""

    group: str
    version: str
    kind: str
    plural: str


class Where(NamedTuple):
    """Which object, in which cluster: a context of the kubeconfig, empty for the one in use."""

    namespace: str
    name: str
    context: str = ""


class Place(NamedTuple):
    """Where a weight stands: a JSON pointer, its value, and what must stand around it."""

    pointer: str
    weight: int
    expected: tuple[tuple[str, Any], ...]


class WeightedObject:
    """An object of a cluster with a weight for each arm.

    Args:
        kind: of the object.
        where: the object.
        places: finds both weights in the object; raises BadAnswer where they are not there.
        timeout_seconds: for one answer.
    """

    def __init__(
        self,
        kind: Kind,
        where: Where,
        places: Callable[[Mapping[str, Any]], tuple[Place, Place]],
        *,
        timeout_seconds: float = 10.0,
    ) -> None:
        self.identity = f"{kind.plural}.{kind.group}:{':'.join(where)}"
        self._kind = kind
        self._where = where
        self._places = places
        self._timeout_seconds = timeout_seconds

    def document(self) -> Mapping[str, Any]:
        """The object as it is now."""
        with self._told(), self._connected() as client:
            found: Mapping[str, Any] = client.get(
                self._resource(), self._where.name, namespace=self._where.namespace
            ).to_dict()
        return found

    def read(self) -> Split:
        """The weights of both arms."""
        baseline, canary = self._places(self.document())
        return Split(baseline.weight, canary.weight)

    def write(self, split: Split) -> None:
        """Set both, and nothing else.

        Raises:
            Failed: others changed it again and again.
        """
        from lightkube import ApiError

        for attempt in range(TRIES):
            document = self.document()
            places = self._places(document)
            if Split(places[0].weight, places[1].weight) == split:
                return
            try:
                self._patch(_patch(document, places, split))
            except ApiError as exc:
                if not _is_passing(exc):
                    with self._told():
                        raise
                time.sleep(_PAUSE_SECONDS * 2**attempt)
            else:
                return
        raise Failed(
            f"{self._shown} was changed by somebody else {TRIES} times while its weights were to be set",
            hint="who else writes to it? a GitOps tool has to leave the weights alone during a rollout",
        )

    @property
    def _shown(self) -> str:
        return f"{self._kind.kind} {self._where.namespace}/{self._where.name}"

    def _patch(self, operations: list[dict[str, Any]]) -> None:
        from lightkube.types import PatchType

        with self._told(api_errors=False), self._connected() as client:
            client.patch(
                self._resource(),
                self._where.name,
                operations,
                namespace=self._where.namespace,
                patch_type=PatchType.JSON,
            )

    def _resource(self) -> Any:
        from lightkube.generic_resource import create_namespaced_resource

        return create_namespaced_resource(*self._kind)

    def _connected(self) -> Client:
        from httpx2 import Timeout
        from lightkube import Client, KubeConfig

        return Client(
            config=KubeConfig.from_env().get(self._where.context or None),
            field_manager=_FIELD_MANAGER,
            timeout=Timeout(self._timeout_seconds),
        )

    @contextlib.contextmanager
    def _told(self, *, api_errors: bool = True) -> Iterator[None]:
        """Within the block foreign errors become ours."""
        try:
            import httpx2
            from lightkube import ApiError
            from lightkube.core.exceptions import ConfigError
        except ImportError as exc:
            raise NotInstalled(
                "there is no Kubernetes client here", hint="pip install 'codesentinel[canary]'"
            ) from exc
        try:
            yield
        except ApiError as exc:
            if not api_errors:
                raise
            raise _ours(exc, self._shown) from exc
        except ConfigError as exc:
            raise UsageError(f"no cluster: {exc}", hint="set KUBECONFIG, or name a context of it") from exc
        except httpx2.HTTPError as exc:
            raise Unreachable(f"the cluster does not answer about {self._shown}: {exc}") from exc


def _patch(document: Mapping[str, Any], places: tuple[Place, Place], split: Split) -> list[dict[str, Any]]:
    """The version first, then for each weight what is expected there and the number."""
    version = document["metadata"]["resourceVersion"]
    operations = [{"op": "replace", "path": "/metadata/resourceVersion", "value": version}]
    for place, weight in zip(places, split, strict=True):
        operations += [{"op": "test", "path": path, "value": value} for path, value in place.expected]
        operations.append({"op": "add", "path": place.pointer, "value": weight})
    return operations


def _is_passing(error: Any) -> bool:
    """Whether the object was changed meanwhile.

    A JSON patch whose test fails is answered with 422 and no causes; what the schema refuses has causes.
    """
    code, details = error.status.code, error.status.details
    return code == _CONFLICT or (code == _UNPROCESSABLE and not (details and details.causes))


def _ours(error: Any, shown: str) -> CodesentinelError:
    code, said = error.status.code, str(error.status.message)
    if code in (401, 403):
        return Unauthorized(f"the cluster does not allow it: {said}", hint="it takes get and patch on it")
    if code == 404:
        return UsageError(f"the cluster has no {shown}", hint="check namespace, name and context")
    if code in (400, 415, _UNPROCESSABLE):
        return Failed(f"the cluster refuses the change of {shown}: {said}")
    return BadAnswer(f"the cluster answered {code} about {shown}: {said}")
