"""Writers of a log at once, what each was promised, and what of it the log holds."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from codesentinel.calamum.stage import Stage

_SECONDS = 120
_SCRIPT = """\
import sys
from codesentinel import SessionMemory
memory = SessionMemory(sys.argv[1], session_id=sys.argv[2], fsync=sys.argv[5] == "True")
for n in range(int(sys.argv[3])):
    facts = {"writer": sys.argv[2], "number": n}
    if memory.log_domain_activity(sys.argv[4], {"action": "calamum", "success": True, "metadata": facts}):
        sys.stdout.write(f"{n}\\n"); sys.stdout.flush()
"""


def run_writers(
    stage: Stage,
    *,
    count: int,
    events: int,
    domain: str,
    kill: int = 0,
    name: str = "w",
    durable: bool = False,
) -> Any:
    """Writers at once, each of so many events; ``kill`` of them are ended midway. How many each was promised.

    A ``name`` of their own tells those of one call from those of another.
    """
    children = {
        f"{name}{number}": subprocess.Popen(
            [
                *(*stage.program.before, sys.executable, "-c", _SCRIPT, stage.workspace),
                *(f"{name}{number}", str(events), domain, str(durable)),
            ],
            env=stage.program.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for number in range(count)
    }
    promised: dict[str, set[int]] = stage.names.setdefault("promised", {})
    promised |= {writer: set() for writer in children}
    for writer in stage.chance.sample(list(children), kill):
        child = children[writer]
        for _ in range(stage.chance.randrange(1, events // 2)):
            line = child.stdout.readline() if child.stdout else b""
            if not line:
                break
            promised[writer].add(int(line))
        child.kill()
    told = ""
    for writer, one in children.items():
        out, err = one.communicate(timeout=_SECONDS)
        promised[writer] |= {int(one) for one in out.split()}
        told += err.decode("utf-8", "replace")
    return {"promised": {one: len(promised[one]) for one in children}, "told": told[:1000]}


def promises(stage: Stage, *, domain: str) -> Any:
    """Of what writers were promised: what is missing in the log, there twice, or out of order."""
    seen: dict[str, list[Any]] = {}
    ids: list[Any] = []
    torn = 0
    try:
        with open(stage.path(f"docs/domains/{domain}/history.jsonl"), "rb") as file:
            lines = file.read().split(b"\n")
    except FileNotFoundError:
        lines = [b""]
    for line in lines[:-1]:
        try:
            event = json.loads(line)
            facts = event["activity"]["metadata"]
            seen.setdefault(facts["writer"], []).append(facts["number"])
            ids.append(event["id"])
        except (ValueError, KeyError, TypeError):
            torn += 1
    promised: dict[str, set[int]] = stage.names.get("promised", {})
    twice = sum(len(some) - len(set(some)) for some in (*seen.values(), ids))
    return {
        "missing": sum(len(numbers - set(seen.get(name, ()))) for name, numbers in promised.items()),
        "twice": twice,
        "unordered": sum(numbers != sorted(numbers) for numbers in seen.values()),
        "torn": torn + bool(lines[-1]),
        "promised": sum(map(len, promised.values())),
    }


ACTIONS: dict[str, Callable[..., Any]] = {one.__name__: one for one in (run_writers,)}
PROBES: dict[str, Callable[..., Any]] = {one.__name__: one for one in (promises,)}
