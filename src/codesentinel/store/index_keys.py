"""Keys of the archive index: the path under which a record is found.

    <domain>/<action>/<time>/<id>                          an event
    calamum/<run>/<action>/<time>/<id>                     an event of a calamum run
    satellites/<satellite>/<procedure>/<time>/<id>         an event of a satellite
    profile/<service>/<host>/<revision>/<time>/<id>        a profile that was recorded; "-" where unknown
    process/snapshot/<time>/<outermost ancestor>/.../<pid> a process in a snapshot

Times are UTC, so that keys of one group sort by time. Within a part ``/``, ``%`` and control
characters are percent-encoded.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

import msgspec

from codesentinel.model.timestamp import rfc3339

SNAPSHOTS = "process/snapshot"
PROFILED = "profile.recorded"
"""The action of the one event that each profile has, whichever verb took it."""
END = "\U0010ffff"
"""Sorts behind everything that a key can hold."""

_SPECIAL = re.compile(r"[/%\x00-\x1f\x7f]")
_UTC, _TIME_LENGTH = "+00:00", 29


class Metadata(msgspec.Struct, gc=False):
    """The facts of an event that are part of its key."""

    run: Any = None
    satellite: Any = None
    procedure: Any = None
    profile: Any = None
    service: Any = None
    host: Any = None
    revision: Any = None


class Activity(msgspec.Struct, gc=False):
    """What was done."""

    action: str
    success: bool = True
    metadata: Metadata | None = None


class Event(msgspec.Struct, gc=False):
    """An event, as far as the index looks at it."""

    timestamp: str
    id: str
    activity: Activity


class Snapshot(msgspec.Struct, gc=False):
    """A process of a snapshot, as far as the index looks at it."""

    timestamp: str
    pid: int
    ancestors: list[int]


class Placed(NamedTuple):
    """The key of a record, the group it is counted in, that group's action, and how it ended."""

    key: str
    group: str
    action: str
    success: bool | None


decode_event = msgspec.json.Decoder(Event).decode
_decode_snapshot = msgspec.json.Decoder(Snapshot).decode


def part(text: str) -> str:
    """One part of a key."""
    return _SPECIAL.sub(lambda found: f"%{ord(found[0]):02X}", text)


def key_time(text: str) -> str:
    """A timestamp as keys have it; what is no RFC 3339 stays as it is."""
    if len(text) == _TIME_LENGTH and text.endswith(_UTC):
        return text if "/" not in text and "%" not in text else part(text)
    from datetime import datetime

    try:
        moment = datetime.fromisoformat(text)
        return rfc3339(moment.timestamp()) if moment.tzinfo else part(text)
    except (OverflowError, ValueError):
        return part(text)


def place_event(domain: str, line: bytes) -> Placed | None:
    """The place of any event; None for a line that is none."""
    try:
        event = decode_event(line)
        activity, metadata = event.activity, event.activity.metadata or Metadata()
        timestamp, identity, action, success = event.timestamp, event.id, activity.action, activity.success
        facts = {name: getattr(metadata, name) for name in Metadata.__struct_fields__}
    except (msgspec.MsgspecError, UnicodeDecodeError):
        try:
            loose = json.loads(line)
            timestamp, identity = str(loose["timestamp"]), str(loose["id"])
            action = str(loose["activity"]["action"])
            success = bool(loose["activity"].get("success", True))
            facts = loose["activity"].get("metadata")
            f"{timestamp}{identity}{action}".encode()  # half a surrogate pair has no key
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
            return None
    group = group_of(domain, action, facts if isinstance(facts, dict) else {})
    return Placed(f"{group}/{key_time(timestamp)}/{part(identity)}", group, action, success)


def group_of(domain: str, action: str, facts: dict[str, Any]) -> str:
    """The key of an event up to its time."""
    run, satellite, procedure = (facts.get(name) for name in ("run", "satellite", "procedure"))
    if domain == "calamum" and run is not None:
        return f"{domain}/{_word(run)}/{part(action)}"
    if domain == "satellites" and satellite is not None and procedure is not None:
        return f"{domain}/{_word(satellite)}/{_word(procedure)}"
    if domain == "profile" and action == PROFILED and facts.get("profile") is not None:
        return profile_group(*(facts.get(name) or "" for name in ("service", "host", "revision")))
    return f"{domain}/{part(action)}"


def profile_group(service: object, host: object, revision: object) -> str:
    """The key of a recorded profile up to its time."""
    return "/".join(["profile", *(_word(one) if one else "-" for one in (service, host, revision))])


def place_snapshot(line: bytes) -> Placed | None:
    """The place of one process of a snapshot; None for a line that is none."""
    try:
        process = _decode_snapshot(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    key = snapshot_key(process.timestamp, process.pid, process.ancestors)
    return Placed(key, SNAPSHOTS, "snapshot", None)


def snapshot_key(timestamp: str, pid: int, ancestors: list[int]) -> str:
    """The key of a process in a snapshot."""
    path = "".join([f"{ancestor}/" for ancestor in reversed(ancestors)])
    return f"{SNAPSHOTS}/{key_time(timestamp)}/{path}{pid}"


def place(kind: str, domain: str, line: bytes) -> Placed | None:
    """The place of a line of a source of that kind."""
    return place_snapshot(line) if kind == "snapshot" else place_event(domain, line)


def group_of_key(key: str) -> str:
    """The group that a key is counted in."""
    group = key.rsplit("/", 2)[0]
    return SNAPSHOTS if group.startswith(f"{SNAPSHOTS}/") or group == SNAPSHOTS else group


def _word(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return part(text.encode("utf-8", "backslashreplace").decode())
