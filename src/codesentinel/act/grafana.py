"""Writing dashboards into a Grafana over its HTTP API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlsplit

from codesentinel.model.errors import BadAnswer, Refused, Unreachable, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOT_FOUND, _PRECONDITION_FAILED = 404, 412
_SHOWN_CHARACTERS = 200
_LARGEST_BYTES = 64 * 1024 * 1024


class Saved(NamedTuple):
    """The last change of a dashboard that the server has."""

    version: int
    message: str
    author: str
    folder_uid: str


class Conflict(NamedTuple):
    """The server did not take a dashboard, because somebody else was there before."""

    reason: str


class GrafanaClient:
    """Speaks to one Grafana; every method raises Unreachable, BadAnswer or Refused, and shows no token.

    Args:
        base_url: http or https, without credentials.
        token: of a service account.
        timeout_seconds: for one answer.
    """

    def __init__(self, base_url: str, token: str, *, timeout_seconds: float) -> None:
        self.base_url = _checked(base_url)
        self._token = token
        self._timeout_seconds = timeout_seconds

    def has_folder(self, uid: str) -> bool:
        """Whether there is such a folder."""
        status, _ = self._ask("GET", f"/api/folders/{quote(uid, safe='')}", missing=True)
        return status != _NOT_FOUND

    def create_folder(self, uid: str, title: str) -> None:
        """Create a folder at the top."""
        self._ask("POST", "/api/folders", {"uid": uid, "title": title})

    def saved(self, uid: str) -> Saved | None:
        """The last change of a dashboard; None where there is none."""
        path = f"/api/dashboards/uid/{quote(uid, safe='')}"
        status, document = self._ask("GET", path, missing=True)
        if status == _NOT_FOUND:
            return None
        _, changes = self._ask("GET", f"{path}/versions?limit=1")
        found = changes.get("versions") if isinstance(changes, dict) else changes  # a bare list before 11
        try:
            last = found[0] if found else {}
            return Saved(
                version=int(document["dashboard"].get("version", 0)),
                message=str(last.get("message") or ""),
                author=str(last.get("createdBy") or document["meta"].get("updatedBy") or "somebody"),
                folder_uid=str(document["meta"].get("folderUid") or ""),
            )
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as exc:
            raise BadAnswer(f"{self.base_url}{path} answered JSON that is not Grafana's API") from exc

    def save(
        self, dashboard: Mapping[str, Any], *, folder_uid: str, message: str, version: int, overwrite: bool
    ) -> Conflict | None:
        """Create or change a dashboard; what was told when the server would not.

        Args:
            dashboard: classic JSON.
            folder_uid: where it lies.
            message: stands in its history.
            version: the one that is to be replaced; 0 for a new dashboard.
            overwrite: replace whatever is there.
        """
        status, answer = self._ask(
            "POST",
            "/api/dashboards/db",
            {
                "dashboard": {**dashboard, "id": None, "version": version},
                "folderUid": folder_uid,
                "message": message,
                "overwrite": overwrite,
            },
            conflict=True,
        )
        if status != _PRECONDITION_FAILED:
            return None
        said = answer.get("message") if isinstance(answer, dict) else None
        return Conflict(self._without_token(str(said or "version conflict")))

    def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        missing: bool = False,
        conflict: bool = False,
    ) -> tuple[int, Any]:
        """Status and document; 404 and 412 are answers only to those who expect them."""
        import urllib3

        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        timeout = urllib3.Timeout(total=self._timeout_seconds)
        try:
            with urllib3.PoolManager(retries=False, timeout=timeout) as pool:
                answer = pool.request(
                    method,
                    f"{self.base_url}{path}",
                    headers=headers,
                    json=body,
                    redirect=False,
                    preload_content=False,
                )
                text = answer.read(_LARGEST_BYTES)
                answer.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as exc:
            reason = str(getattr(exc, "reason", None) or exc).rpartition(": ")[2]
            raise Unreachable(
                f"{self.base_url} cannot be reached: {self._without_token(reason)}",
                hint="is this the address of a Grafana?",
            ) from exc
        expected = (200, *((_NOT_FOUND,) if missing else ()), *((_PRECONDITION_FAILED,) if conflict else ()))
        try:
            document = json.loads(text)
        except ValueError:
            document = None
        if answer.status in expected and document is not None:
            return answer.status, document
        raise self._refusal(answer.status, path, document, text)

    def _refusal(self, status: int, path: str, document: Any, text: bytes) -> BadAnswer | Refused:
        said = (
            document.get("message") if isinstance(document, dict) else text.decode(errors="replace").strip()
        )
        shown = self._without_token(str(said or "no message"))[:_SHOWN_CHARACTERS]
        told = f"{self.base_url}{path.partition('?')[0]} answered {status}: {shown}"
        if status in (401, 403):
            hint = "the token has to be that of a service account that may write dashboards and folders"
            return Refused(told, hint=hint)
        return BadAnswer(told, hint="is this the base URL of a Grafana, 11 or later?")

    def _without_token(self, text: str) -> str:
        return text.replace(self._token, "[token]") if self._token else text


def _checked(url: str) -> str:
    """The base URL without a trailing slash.

    Raises:
        UsageError: it is none, or holds credentials, which others could read in the list of processes.
    """
    try:
        parts = urlsplit(url)
        is_known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_known = False
    if not is_known:
        raise UsageError(f"not a server's URL: {url.rpartition('@')[2]}", hint="such as http://grafana:3000")
    if "@" in parts.netloc:
        raise UsageError("credentials do not belong in a URL", hint="give a token by --token-file instead")
    if parts.query or parts.fragment:
        raise UsageError("the base URL of a Grafana has no query", hint="such as http://grafana:3000")
    return url.rstrip("/")
