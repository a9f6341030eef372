"""What a scenario can ask. Each takes the stage and its own arguments; the scenario has the tolerance."""

from __future__ import annotations

import json
import os
import stat
import time
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.quality import notices

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codesentinel.calamum.stage import Stage


def is_alive(stage: Stage, *, name: str) -> Any:
    """Whether a process of this case runs."""
    return stage.victim(name).is_alive()


def is_gone(stage: Stage, *, name: str, within_seconds: float = 5.0) -> Any:
    """Whether it ends in time."""
    end = time.monotonic() + within_seconds
    while time.monotonic() < end and stage.victim(name).is_alive():
        time.sleep(0.02)
    return not stage.victim(name).is_alive()


def read_file(stage: Stage, *, path: str) -> Any:
    """The text of a file of the workspace; null where there is none."""
    try:
        with open(stage.path(path), encoding="utf-8", errors="backslashreplace") as file:
            return file.read()
    except FileNotFoundError:
        return None


def file_mode(stage: Stage, *, path: str) -> Any:
    """Permissions as four digits; of the newest file below a folder."""
    full = stage.path(path)
    if os.path.isdir(full):
        files = [os.path.join(full, one) for one in os.listdir(full)]
        full = max(files, key=os.path.getmtime)
    return f"{stat.S_IMODE(os.stat(full).st_mode):04o}"


def newest_file(stage: Stage, *, folder: str, start: str = "") -> Any:
    """The text of the newest file of a folder; null where there is none."""
    full = stage.path(folder)
    names = [one for one in os.listdir(full) if one.startswith(start)] if os.path.isdir(full) else []
    if not names:
        return None
    newest = max(names, key=lambda one: os.path.getmtime(os.path.join(full, one)))
    return read_file(stage, path=os.path.join(folder, newest))


def events(stage: Stage, *, domain: str, action: str = "", where: Mapping[str, Any] | None = None) -> Any:
    """The events of a log with this action and these fields in their metadata, and how its lines are."""
    found, torn = [], 0
    text = read_file(stage, path=f"docs/domains/{domain}/history.jsonl") or ""
    for line in text.splitlines():
        try:
            event = json.loads(line)
            facts = event["activity"]["metadata"] | {"action": event["activity"]["action"]}
        except (ValueError, KeyError, TypeError):
            torn += 1
            continue
        if action in ("", facts["action"]) and all(facts.get(k) == v for k, v in (where or {}).items()):
            found.append(facts)
    return {
        "count": len(found),
        "torn": torn,
        "first": found[0] if found else None,
        "ends": text.endswith("\n"),
    }


def kept(stage: Stage, *, name: str) -> Any:
    """What a step before gave, which was kept by this name."""
    return stage.names.get(name)


def ask(
    stage: Stage,  # noqa: ARG001 - every probe takes the stage
    *,
    port: int,
    path: str = "/",
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: str = "",
) -> Any:
    """Status, headers and text that a server of this machine answers with; status 0 where none does."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host=bool(headers and "Host" in headers))
        for name, value in {**(headers or {}), "Content-Length": str(len(body.encode()))}.items():
            connection.putheader(name, value)
        connection.endheaders(body.encode())
        answer = connection.getresponse()
        text = answer.read(100_000).decode("utf-8", "backslashreplace")
    except (OSError, HTTPException) as exc:
        return {"status": 0, "headers": {}, "text": str(exc)}
    else:
        told = {name.lower(): value for name, value in answer.getheaders()}
        return {"status": answer.status, "headers": told, "text": text}
    finally:
        connection.close()


def view(stage: Stage, *, of: str, name: str) -> Any:
    """What a person is shown of a process: by ``system``, ``detail`` or ``tree``, as text."""
    which = ["--limit", "0"] if of == "system" else ["--pid", stage.victim(name).handle]
    return stage.program.run(["memory", "process", of, *which, *(["-v"] if of != "tree" else [])])


def processes(stage: Stage, *, name: str) -> Any:
    """How many live processes there are in the session of one of this case."""
    session, found = stage.victim(name).pid, 0
    for entry in os.listdir("/proc"):
        if entry.isdecimal():
            try:
                with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                    fields = file.read().rpartition(")")[2].split()
            except OSError:
                continue
            found += fields[3] == str(session) and fields[0] not in "ZX"
    return found


PROBES: dict[str, Callable[..., Any]] = {
    one.__name__: one
    for one in (
        *(
            is_alive,
            is_gone,
            read_file,
            file_mode,
            newest_file,
            events,
            kept,
            ask,
            processes,
            view,
            notices,
        ),
    )
}
"""By the name that a scenario calls them."""
