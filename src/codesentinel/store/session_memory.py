"""SessionMemory: the one door through which everything that happened reaches the log."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codesentinel.model.errors import LogUnwritable, UsageError
from codesentinel.model.timestamp import rfc3339
from codesentinel.store.log import AppendOnlyLog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SCHEMA_VERSION = 1
_DOMAIN = re.compile(r"[a-z][a-z0-9_-]{0,63}")


class SessionMemory:
    """Writes events to ``docs/domains/<domain>/history.jsonl`` below the workspace root.

    Args:
        root: the workspace root.
        session_id: groups the events of one piece of work; made up when empty.
        agent_id: who acts; the login name when empty.
        fsync: wait for the disk after each event.
        warn: told once a log when it cannot be written; writes to standard error by default.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        *,
        session_id: str = "",
        agent_id: str = "",
        fsync: bool = False,
        warn: Callable[[str], None] | None = None,
    ) -> None:
        self.root = Path(root)
        self.session_id = session_id or new_id()
        self.agent_id = agent_id or _login_name()
        self._fsync = fsync
        self._warn = warn or _to_stderr
        self._warned: set[str] = set()
        self._logs: dict[str, AppendOnlyLog] = {}

    def log_domain_activity(self, domain: str, activity: Mapping[str, Any], *, durable: bool = False) -> bool:
        """Append one event; True once it is in the log.

        ``activity`` holds ``action`` and, where known, ``success``, ``duration_ms``, ``files_modified``
        and ``metadata``. A log that cannot be written never makes the caller fail: it is told on
        standard error, and the answer is False.

        Raises:
            UsageError: the domain is not a plain lower-case word, or the activity has no action.
        """
        if not _DOMAIN.fullmatch(domain):
            raise UsageError(f"not a log domain: {domain!r}", hint="use lower-case letters, digits, - and _")
        if not activity.get("action"):
            raise UsageError("an activity needs an action", hint='give {"action": "...", ...}')
        record = _json(self._event(domain, activity))
        log = self._logs.get(domain)
        if log is None:
            log = self._logs[domain] = AppendOnlyLog(self.path(domain), fsync=self._fsync)
        try:
            log.append(record.encode(), durable=durable)
        except LogUnwritable as exc:
            if domain not in self._warned:
                self._warned.add(domain)
                self._warn(f"warning: not recorded: {exc.message}")
            return False
        return True

    def path(self, domain: str) -> Path:
        """The file that keeps the events of ``domain``."""
        return self.root / "docs" / "domains" / domain / "history.jsonl"

    def _event(self, domain: str, activity: Mapping[str, Any]) -> dict[str, Any]:
        full = {
            "action": activity["action"],
            "success": bool(activity.get("success", True)),
            "duration_ms": activity.get("duration_ms", 0.0),
            "files_modified": list(activity.get("files_modified", ())),
            "metadata": dict(activity.get("metadata", {})),
        }
        return {
            "timestamp": rfc3339(time.time()),
            "id": new_id(),
            "schema_version": SCHEMA_VERSION,
            "domain": domain,
            "session_id": self.session_id,
            "agent_id": self.agent_id,
            "activity": {**activity, **full},
            "success": full["success"],
            "files_modified": full["files_modified"],
            "duration_ms": full["duration_ms"],
        }


def _json(event: dict[str, Any]) -> str:
    """One line of JSON, whatever the metadata: what JSON cannot hold is written as text."""
    try:
        return json.dumps(event, default=str, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        event["activity"] = event["activity"] | {
            "metadata": {"unserialisable": repr(event["activity"]["metadata"])}
        }
        return json.dumps(event, default=str, separators=(",", ":"))


def new_id() -> str:
    """A UUID version 7 (RFC 9562): sorts by time, unique across processes and hosts."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    text = f"{value:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _login_name() -> str:
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        name = os.environ.get(variable)
        if name:
            return name
    return f"uid-{os.getuid()}"


def _to_stderr(message: str) -> None:
    sys.stderr.write(message + "\n")
