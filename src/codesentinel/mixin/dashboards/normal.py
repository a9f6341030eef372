"""Grafana's classic dashboard JSON in its one normal form.

What the SDK adds and Grafana does not know, or takes for a wish (a link moved into a menu), is dropped;
keys are sorted, so that a change of a panel is a change of its lines.
"""

from __future__ import annotations

import json
from typing import Any

SCHEMA_VERSION = 39
"""Older than the last one (42) on purpose: a server brings an old dashboard up, and refuses a newer one."""

_NOISE_OF = {
    "link": {"placement"},
    "annotation": {"expr", "placement", "builtIn", "hide"},
    "variable": {"auto", "auto_count", "auto_min"},
    "options": {"footer"},
    "panel": {"repeatDirection"},
}


def normal_text(document: dict[str, Any]) -> str:
    """The text that is committed."""
    return json.dumps(normal(document), indent=2, sort_keys=True, ensure_ascii=True) + "\n"


def normal(document: dict[str, Any]) -> dict[str, Any]:
    """The same dashboard in classic form, without noise."""
    found = {key: value for key, value in document.items() if value is not None}
    found |= {
        "schemaVersion": SCHEMA_VERSION,
        "id": None,
        "version": 1,
        "links": [_without(link, "link") for link in document.get("links", ())],
        "panels": [_panel(panel) for panel in document.get("panels", ())],
        "annotations": {
            "list": [_without(one, "annotation") for one in document.get("annotations", {}).get("list", ())]
        },
        "templating": {
            "list": [_without(one, "variable") for one in document.get("templating", {}).get("list", ())]
        },
    }
    return found


def _panel(panel: dict[str, Any]) -> dict[str, Any]:
    found = _without(panel, "panel")
    if "options" in found:
        found["options"] = _without(found["options"], "options")
    if panel.get("type") == "row":
        found["panels"] = [_panel(inner) for inner in panel.get("panels", ())]
    return found


def _without(record: dict[str, Any], kind: str) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in _NOISE_OF[kind] and value is not None}
