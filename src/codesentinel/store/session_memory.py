"""SessionMemory: the one door through which everything that happened reaches the log."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Mapping

from codesentinel.model.errors import LogUnwritable, UsageError
from codesentinel.model.timestamp import rfc3339
from codesentinel.store.log import AppendOnlyLog
from codesentinel.store.strict_json import plain, strict_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

SCHEMA_VERSION = 1
_VERSION_AND_VARIANT = 0x7 << 76 | 0x2 << 62
_STEP_BITS = (1 << 32) - 1
_CHANCE_BITS = (1 << 80) - 1 - (0xF << 76) - (0x3 << 62)
_LONGEST_DOMAIN = 64
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_DOMAIN = _LETTERS | frozenset("0123456789_-")

_latest = 0


class SessionMemory:
    """Writes events to ``docs/domains/<domain>/history.jsonl`` below the workspace root.

    Args:
        root: the workspace root.
        session_id: groups the events of one piece of work; made up when empty.
        agent_id: who acts; the login name when empty.
        fsync: wait for the disk after each event.
        warn: told once each time that a log stops working; writes to standard error by default.
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
        self._root = os.fspath(root)
        self.session_id: str = plain(session_id or new_id())
        self.agent_id: str = plain(agent_id or _login_name())
        self._fsync = fsync
        self._warn = warn or _to_stderr
        self._told: set[str] = set()
        self._logs: dict[str, AppendOnlyLog] = {}

    def log_domain_activity(self, domain: str, activity: Mapping[str, Any], *, durable: bool = False) -> bool:
        """Append one event; True once it is in the log.

        ``activity`` holds ``action`` and, where known, ``success``, ``duration_ms``, ``files_modified``
        and ``metadata``. A log that cannot be written never makes the caller fail: it is told on
        standard error, and the answer is False.

        Raises:
            UsageError: the domain is not a plain lower-case word, or the activity has no action.
        """
        if domain[:1] not in _LETTERS or len(domain) > _LONGEST_DOMAIN or not _DOMAIN.issuperset(domain):
            raise UsageError(f"not a log domain: {domain!r}", hint="use lower-case letters, digits, - and _")
        if not activity.get("action"):
            raise UsageError("an activity needs an action", hint='give {"action": "...", ...}')
        log = self._logs.get(domain) or self._logs.setdefault(
            domain, AppendOnlyLog(self._file(domain), fsync=self._fsync, chained=True)
        )
        try:
            log.append(self._record(domain, activity), durable=durable)
        except LogUnwritable as exc:
            self._tell_once(domain, exc)
            return False
        self._told.discard(domain)
        return True

    def path(self, domain: str) -> Path:
        """The file that keeps the events of ``domain``."""
        from pathlib import Path

        return Path(self._file(domain))

    def _file(self, domain: str) -> str:
        return f"{self._root}/docs/domains/{domain}/history.jsonl"

    def _record(self, domain: str, activity: Mapping[str, Any]) -> bytes:
        """The event as a line of JSON, whatever the activity holds."""
        try:
            return strict_json(self._event(domain, activity))
        except Exception:  # noqa: BLE001 - a caller's odd value costs its shape, never the record
            return strict_json(self._event(domain, plain(activity)))

    def _event(self, domain: str, activity: Mapping[str, Any]) -> dict[str, Any]:
        success = bool(activity.get("success", True))
        duration_ms = activity.get("duration_ms", 0.0)
        files = _listed(activity.get("files_modified"))
        metadata = activity.get("metadata") or {}
        return {
            "timestamp": rfc3339(time.time()),
            "id": new_id(),
            "schema_version": SCHEMA_VERSION,
            "domain": domain,
            "session_id": self.session_id,
            "agent_id": self.agent_id,
            "activity": {
                **activity,
                "success": success,
                "duration_ms": duration_ms,
                "files_modified": files,
                "metadata": metadata if isinstance(metadata, Mapping) else {"value": metadata},
            },
            "success": success,
            "files_modified": files,
            "duration_ms": duration_ms,
        }

    def _tell_once(self, domain: str, error: LogUnwritable) -> None:
        """One warning for each time that a log stops working."""
        if domain not in self._told:
            self._told.add(domain)
            message = error.message.replace(f"{self._root}/", "")
            self._warn(f"warning: not recorded: {message} ({error.hint})")


def new_id() -> str:
    """A UUID version 7 (RFC 9562): sorts by time, unique across processes and hosts.

    Those of one process rise also within a millisecond, by a step of chance (section 6.2, method 2).
    """
    global _latest  # noqa: PLW0603 - the state of a generator; a race costs order, never uniqueness
    chance = int.from_bytes(os.urandom(14), "big")
    moment = (time.time_ns() // 1_000_000) << 80
    value = moment | chance >> 32 & _CHANCE_BITS | _VERSION_AND_VARIANT
    if value <= _latest and moment >> 80 == _latest >> 80:
        value = _latest + 1 + (chance & _STEP_BITS)
    _latest = value
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _listed(files: Any) -> list[Any]:
    """Names of files as a list; a single one is not taken for a list of letters."""
    if files is None:
        return []
    return [files] if isinstance(files, str) or not isinstance(files, Iterable) else list(files)


def _login_name() -> str:
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        name = os.environ.get(variable)
        if name:
            return name
    return f"uid-{os.getuid()}"


def _to_stderr(message: str) -> None:
    try:
        sys.stderr.write(message.encode("unicode_escape").decode() + "\n")
    except (AttributeError, OSError, ValueError):  # it may be closed, or not there at all
        return
