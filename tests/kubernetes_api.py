"""A contract server for the part of a Kubernetes API that rollouts use. It is no cluster.

It holds custom resources and checks what is sent against the schemas of Istio's and Gateway API's own
definitions (npm's ``@kubernetes-models``, which compiles them). As a real API server does, it answers 409 to a
patch with a stale resourceVersion, 422 with causes to what the schema refuses and without to a JSON patch whose
test fails, 415 to a strategic merge patch of a custom resource, 403 and 404. There is no admission webhook, no
CEL rule, no RBAC, no watch, and no data plane behind it.
"""

from __future__ import annotations

import copy
import http.server
import json
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from npm_packages import modules

if TYPE_CHECKING:
    from collections.abc import Callable

PROJECT = Path(__file__).parent / "kubernetes"
_MERGE, _JSON = "application/merge-patch+json", "application/json-patch+json"


class KubernetesApi:
    """A context manager; ``objects`` are kept by their path, ``requests`` in their order."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, str, str, Any]] = []
        self.before_patch: Callable[[], None] = lambda: None
        self.token = "sesame"
        self._version = 100
        self._changing = threading.RLock()
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = 65536

            def do_GET(self) -> None:
                self._answer("GET", None)

            def do_PATCH(self) -> None:
                self._answer("PATCH", json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def _answer(self, method: str, body: Any) -> None:
                kind = self.headers.get("Content-Type", "")
                path = self.path.partition("?")[0]
                api.requests.append((method, self.path, kind, body))
                if self.headers.get("Authorization") != f"Bearer {api.token}":
                    code, answer = 403, _status(403, "Forbidden", "forbidden: User cannot do that")
                else:
                    code, answer = api.answer(method, path, kind, body)
                text = json.dumps(answer).encode()
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        folder = modules(PROJECT)
        script = folder.parent / "validate.mjs"
        script.write_text((PROJECT / "validate.mjs").read_text())
        self._validator = subprocess.Popen(
            ["node", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._validator.communicate(timeout=30)

    def kubeconfig(self) -> dict[str, Any]:
        """What a kubeconfig for it says."""
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "here",
            "clusters": [{"name": "c", "cluster": {"server": self.url}}],
            "users": [{"name": "u", "user": {"token": self.token}}],
            "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u", "namespace": "default"}}],
        }

    def put(self, plural: str, document: dict[str, Any]) -> dict[str, Any]:
        """Hold an object, after it was found to be right; it gets a version."""
        group = document["apiVersion"]
        metadata = document["metadata"]
        path = f"/apis/{group}/namespaces/{metadata['namespace']}/{plural}/{metadata['name']}"
        with self._changing:
            wrong = self._wrong(document)
            assert not wrong, wrong
            before = self.objects.get(path)
            changed = before is None or before["spec"] != document["spec"]
            generation = before["metadata"]["generation"] if before else 0
            self._version += 1
            kept = copy.deepcopy(document)
            kept["metadata"] |= {"resourceVersion": str(self._version), "generation": generation + changed}
            self.objects[path] = kept
            return kept

    def answer(self, method: str, path: str, kind: str, body: Any) -> tuple[int, dict[str, Any]]:
        """What an API server answers."""
        if path not in self.objects:
            return 404, _status(404, "NotFound", f"{path.rpartition('/')[2]!r} not found")
        if method == "GET":
            return 200, self.objects[path]
        if kind not in (_MERGE, _JSON):
            return 415, _status(415, "UnsupportedMediaType", f"the body of the request was in {kind}")
        self.before_patch()
        with self._changing:
            current = self.objects[path]
            try:
                changed = _json_patched(current, body) if kind == _JSON else _merged(current, body)
            except (LookupError, ValueError):
                said = "the server rejected our request due to an error in our request"
                return 422, _status(422, "Invalid", said)
            if changed["metadata"]["resourceVersion"] != current["metadata"]["resourceVersion"]:
                said = "the object has been modified; please apply your changes to the latest version"
                return 409, _status(409, "Conflict", f"Operation cannot be fulfilled on it: {said}")
            wrong = self._wrong(changed)
            if wrong:
                status = _status(422, "Invalid", f"{changed['kind']} is invalid: {'; '.join(wrong)}")
                status["details"] = {
                    "causes": [{"message": text, "reason": "FieldValueInvalid"} for text in wrong]
                }
                return 422, status
            plural = path.split("/")[-2]
            return 200, self.put(plural, changed)

    def _wrong(self, document: dict[str, Any]) -> list[str]:
        assert self._validator.stdin is not None
        assert self._validator.stdout is not None
        self._validator.stdin.write(json.dumps(document) + "\n")
        self._validator.stdin.flush()
        found: list[str] = json.loads(self._validator.stdout.readline())
        return found


def _status(code: int, reason: str, message: str) -> dict[str, Any]:
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": reason,
        "code": code,
    }


def _json_patched(document: dict[str, Any], operations: list[dict[str, Any]]) -> dict[str, Any]:
    """RFC 6902, as far as ``test``, ``add`` and ``replace`` of members and elements go."""
    changed = copy.deepcopy(document)
    for operation in operations:
        at: Any = changed
        *way, last = [w.replace("~1", "/").replace("~0", "~") for w in operation["path"].split("/")[1:]]
        for word in way:
            at = at[int(word)] if isinstance(at, list) else at[word]
        key: Any = int(last) if isinstance(at, list) else last
        if operation["op"] == "test":
            if at[key] != operation["value"]:
                raise ValueError(operation["path"])
        elif operation["op"] == "replace":
            at[key]
            at[key] = operation["value"]
        elif operation["op"] == "add" and not isinstance(at, list):
            at[key] = operation["value"]
        else:
            raise ValueError(operation["op"])
    return changed


def _merged(document: Any, patch: Any) -> Any:
    """RFC 7386."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(document) if isinstance(document, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merged(merged.get(key), value)
    return merged
