"""What stays of a run of calamum: events, a line for each case, the journal, and the snapshots."""

from __future__ import annotations

import platform
from dataclasses import asdict
from typing import TYPE_CHECKING

from codesentinel import __version__
from codesentinel.act.provision import write_text
from codesentinel.store.index_keys import group_of, key_time, part
from codesentinel.store.log import AppendOnlyLog
from codesentinel.store.reader import events
from codesentinel.store.strict_json import strict_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.model.attack import AttackRun, Looked
    from codesentinel.operations.base import Context

SESSIONS = "docs/metrics/calamum_sessions.jsonl"


def record(context: Context, done: AttackRun) -> None:
    """An event and a line for each case, and the whole run as its journal."""
    for case in done.cases:
        context.memory.log_domain_activity(
            "calamum",
            {
                "action": "case",
                "success": case.outcome == "held",
                "duration_ms": round(case.seconds * 1000, 3),
                "metadata": {
                    "run": done.run,
                    "target": case.target,
                    "case": case.case,
                    "seed": case.seed,
                    "outcome": case.outcome,
                },
            },
        )
    keys = _index_keys(context, done.run)
    lines = AppendOnlyLog(context.root / SESSIONS)
    for case in done.cases:
        line = {
            "run": done.run,
            "started_at": done.started_at,
            "version": done.version,
            "versions": dict(done.versions),
            **asdict(case),
            "index_key": keys.get((case.target, case.case, case.seed), ""),
        }
        lines.append(strict_json({name: value for name, value in line.items() if name != "steps"}))
    journal = context.state_dir / "calamum" / f"{done.run}.journal.json"
    journal.parent.mkdir(parents=True, exist_ok=True)
    journal.write_bytes(strict_json(asdict(done)) + b"\n")


def _index_keys(context: Context, run: str) -> dict[tuple[str, str, int], str]:
    """Where the archive index has the event of each case of a run."""
    found = {}
    for event in events(context.memory.path("calamum")):
        facts = (event.get("activity") or {}).get("metadata") or {}
        if facts.get("run") == run and "seed" in facts:
            group = group_of("calamum", "case", facts)
            key = f"{group}/{key_time(event['timestamp'])}/{part(event['id'])}"
            found[facts["target"], facts["case"], facts["seed"]] = key
    return found


def keep_snapshots(context: Context, run: str, looked: Sequence[Looked]) -> tuple[str, ...]:
    """The snapshots of each enclosure as files that their owner alone may read; their paths."""
    folder = context.state_dir / "calamum" / run
    written = []
    for number, one in enumerate(looked, 1):
        for name, lines in (("before", one.before), ("after", one.after)):
            path = folder / f"{name}-{number}.jsonl"
            write_text(path, "".join(f"{line}\n" for line in lines), mode=0o600)
            written.append(context.relative(path))
    return tuple(written)


def versions() -> dict[str, str]:
    """Of what was attacked, and on what."""
    return {
        "codesentinel": __version__,
        "python": platform.python_version(),
        "kernel": platform.release(),
        "machine": platform.machine(),
    }
