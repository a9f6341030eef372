"""Where the viewer's pages are, and where pictures of them are kept."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "infrastructure/grafana/dashboards"
SCREENSHOTS = ROOT / "tests/browser/screenshots"


def url_of(stack, uid: str, query: str = "") -> str:
    """A dashboard in the viewer of a running stack."""
    return f"{stack.url('viewer')}/d/{uid}{'?' if query else ''}{query}"
