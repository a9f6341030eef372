"""Daily segments: events of a log as files that shippers tail, and the place up to which they were written.

A place is kept only after what stands before it was taken: whoever is killed in between tells some events
again, under the same ids, and loses none.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from codesentinel.model.errors import Failed
from codesentinel.store.follow import Place
from codesentinel.store.log import AppendOnlyLog

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any


class Segments:
    """Appends documents to ``<folder>/<name>-YYYYMMDD.jsonl``, by the day of their time, in UTC."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._logs: dict[str, AppendOnlyLog] = {}

    def append(self, document: Mapping[str, Any]) -> Path:
        """Write one document; the file it is in.

        Raises:
            LogUnwritable: it could not be written.
        """
        day = str(document.get("@timestamp", ""))[:10].replace("-", "") or "undated"
        path = self._folder / f"{self._name}-{day}.jsonl"
        log = self._logs.get(day) or self._logs.setdefault(day, AppendOnlyLog(path))
        log.append(json.dumps(document, separators=(",", ":")).encode())
        return path


def read_place(path: Path) -> Place | None:
    """Where a reader of a log stood; None where it never was, or where that cannot be told any more."""
    try:
        kept = json.loads(path.read_bytes())
        return Place(int(kept["offset"]), tuple(str(one) for one in kept["recent"]))
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise Failed(f"{path} cannot be read: {exc.strerror}", hint="mend its permissions") from exc
    except (ValueError, KeyError, TypeError):
        return None  # damaged: everything is told again, under the ids it has


def keep_place(path: Path, place: Place) -> None:
    """Remember where a reader stands, whole or not at all.

    Raises:
        Failed: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps({"offset": place.offset, "recent": place.recent}), encoding="ascii")
        draft.replace(path)
    except OSError as exc:
        raise Failed(
            f"{path} cannot be written: {exc.strerror}", hint="mend the folder, or free space"
        ) from exc
