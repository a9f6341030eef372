"""Floods: a log of more lines than anybody reads, lines of megabytes, and what a command needs to read it."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

from codesentinel.calamum.program import answer

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Sequence

    from codesentinel.calamum.stage import Stage

_BATCH = 2000
_LENGTH = 500
_LONGEST_SECONDS = 120.0


def flood_log(stage: Stage, *, domain: str, lines: int, long_line_bytes: int = 0) -> Any:
    """So many events more in a log, as old writers without seals left them; and one line of that length."""
    path = stage.path(f"docs/domains/{domain}/history.jsonl")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "ab") as file:
        for begin in range(0, lines, _BATCH):
            numbers = range(begin, min(begin + _BATCH, lines))
            file.write(b"".join(_line(domain, number, _LENGTH) for number in numbers))
        if long_line_bytes:
            file.write(_line(domain, lines, long_line_bytes))
    return os.path.getsize(path)


def measured(stage: Stage, *, words: Sequence[str], timeout_seconds: float = _LONGEST_SECONDS) -> Any:
    """What the program answers, and the most memory that it held, in bytes."""
    out, err = stage.path(".flood.out"), stage.path(".flood.err")
    with open(out, "wb") as to_out, open(err, "wb") as to_err:
        child = stage.program.start([str(word) for word in words], stdout=to_out, stderr=to_err)
    status, most = _wait(child, timeout_seconds)
    with open(out, "rb") as from_out, open(err, "rb") as from_err:
        return {**answer(status, from_out.read(), from_err.read()), "most_bytes": most}


def _wait(child: subprocess.Popen[bytes], seconds: float) -> tuple[int, int]:
    """Exit status and the most memory of one child: the kernel tells it to who collects it, and once."""
    end = time.monotonic() + seconds
    while True:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            child.returncode = os.waitstatus_to_exitcode(status)
            return child.returncode, usage.ru_maxrss * 1024
        if time.monotonic() >= end:
            child.kill()
            end = float("inf")
        time.sleep(0.02)


def _line(domain: str, number: int, length: int) -> bytes:
    hour, minute, second = number // 3600 % 24, number // 60 % 60, number % 60
    facts = {"number": number, "more": "x" * length}
    event = {
        "timestamp": f"2026-01-01T{hour:02}:{minute:02}:{second:02}.000+00:00",
        "id": f"flood-{number}",
        "domain": domain,
        "activity": {"action": "flood", "success": True, "metadata": facts},
    }
    return json.dumps(event, separators=(",", ":")).encode() + b"\n"


ACTIONS: dict[str, Callable[..., Any]] = {one.__name__: one for one in (flood_log,)}
PROBES: dict[str, Callable[..., Any]] = {one.__name__: one for one in (measured,)}
