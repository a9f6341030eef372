"""Finding the events of one run in a log of any length: backwards, for what is sought is seldom old."""

from __future__ import annotations

import json
import mmap
from typing import TYPE_CHECKING, Any

from codesentinel.model.errors import Failed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def latest_events_with(path: Path, name: str, value: str) -> Iterator[dict[str, Any]]:
    """Events whose metadata hold ``name`` with this value, the newest first; damaged lines are passed over.

    Raises:
        Failed: the log is there and cannot be read.
    """
    needle = f"{json.dumps(name)}:{json.dumps(value)}".encode()
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            end = len(text)
            while (at := text.rfind(needle, 0, end)) >= 0:
                begin = text.rfind(b"\n", 0, at) + 1
                after = text.find(b"\n", at)
                line = text[begin:after] if after >= 0 else b""
                event = _event(line)
                if event and (event.get("activity", {}).get("metadata") or {}).get(name) == value:
                    yield event
                end = begin
    except FileNotFoundError:
        return
    except ValueError:  # an empty file has nothing to look at
        return
    except OSError as exc:
        raise Failed(f"the log {path} cannot be read: {exc.strerror}", hint="mend its permissions") from exc


def _event(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and isinstance(event.get("activity"), dict) else None
