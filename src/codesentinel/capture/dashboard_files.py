"""Dashboards from files: Grafana's JSON as people save it, one dashboard a file."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST_BYTES = 8 * 1024 * 1024
_LONGEST_UID = 200


@dataclass(frozen=True, slots=True)
class DashboardFile:
    """One dashboard: what it is found by, and its JSON as text."""

    uid: str
    title: str
    description: str
    tags: tuple[str, ...]
    file: str
    folder: str
    text: str = field(repr=False)

    def as_document(self) -> dict[str, Any]:
        """The JSON shape of an entry in a list."""
        return {
            "uid": self.uid,
            "title": self.title,
            "description": self.description,
            "tags": list(self.tags),
            "file": self.file,
            "folder": self.folder,
        }


@dataclass(frozen=True, slots=True)
class NoDashboard:
    """A file that should be a dashboard and is none, and why."""

    file: str
    reason: str


def read_dashboards(folder: Path, name: str) -> tuple[list[DashboardFile], list[NoDashboard]]:
    """Every ``*.json`` directly in ``folder``, in the order of the file names; ``name`` is how it is shown.

    Links that lead out of the folder are not followed: whoever may write there must not read elsewhere.
    """
    found: list[DashboardFile] = []
    wrong: list[NoDashboard] = []
    home = folder.resolve()
    for path in sorted(folder.glob("*.json")):
        try:
            found.append(_dashboard(path, name, home))
        except (OSError, ValueError, RecursionError) as exc:
            reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else str(exc)
            wrong.append(NoDashboard(path.name, reason or type(exc).__name__))
    return found, wrong


def _dashboard(path: Path, folder: str, home: Path) -> DashboardFile:
    if path.resolve().parent != home:
        raise ValueError("a link that leads out of its folder")
    if path.stat().st_size > _LARGEST_BYTES:
        raise ValueError(f"larger than {_LARGEST_BYTES} bytes")
    text = path.read_text(encoding="utf-8")
    try:
        document = json.loads(text)
    except ValueError as exc:
        raise ValueError(f"no JSON: {exc}") from exc
    if isinstance(document, dict) and isinstance(document.get("dashboard"), dict):
        document = document["dashboard"]  # as Grafana's HTTP API hands it out
        text = json.dumps(document)
    kind = _kind(document)
    if kind:
        raise ValueError(kind)
    uid = document.get("uid")
    return DashboardFile(
        uid=uid[:_LONGEST_UID] if isinstance(uid, str) and uid else path.stem,
        title=document["title"],
        description=str(document.get("description") or ""),
        tags=tuple(str(tag) for tag in document.get("tags") or ()),
        file=path.name,
        folder=folder,
        text=text,
    )


def _kind(document: Any) -> str:
    """What it is instead of a dashboard; nothing where it is one."""
    if isinstance(document, dict) and ("elements" in document or "spec" in document):
        return "a dashboard of Grafana's schema v2; save it as classic JSON"
    if isinstance(document, dict) and isinstance(document.get("title"), str):
        return ""
    return "no dashboard: it has no title"
