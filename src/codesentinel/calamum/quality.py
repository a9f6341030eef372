"""How well faults are noticed: many processes at once, some at fault, and who is named by when."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codesentinel.calamum.stage import Stage

NAMED_AS = {
    "spin": ("process-runaway",),
    "spin_nice": ("process-runaway",),
    "leak_memory": ("process-memory-leak",),
    "leak_descriptors": ("process-fd-leak", "process-fd-limit"),
    "leak_threads": ("process-thread-leak",),
    "zombies": ("process-zombies",),
    "restart_loop": ("process-restart-loop",),
    "fork_storm": ("process-fork-storm",),
    "stopped": ("process-stopped",),
    "fake_kernel_thread": ("process-false-kernel-thread",),
}
_DELAY_SECONDS = 8.0
_PAUSE_SECONDS = 1.0


def notices(
    stage: Stage, *, faults: Sequence[str], ordinary: Sequence[str], within_seconds: float = 60.0
) -> dict[str, Any]:
    """Start all while the recorder runs and ``watch`` looks at one, and ask for anomalies again and again.

    Faults begin some seconds after their process. ``quality`` has for each kind how many there were, how many
    were found, and the seconds from the beginning of the fault to the finding.
    """
    recorder = stage.program.start(["memory", "process", "record", "--interval", "1s"])
    stage.background.append(recorder)
    kinds = [*((kind, True) for kind in faults), *((kind, False) for kind in ordinary)]
    stage.chance.shuffle(kinds)
    began: dict[int, tuple[str, bool, float]] = {}
    for number, (kind, is_fault) in enumerate(kinds):
        victim = stage.start(kind, f"{kind}-{number}", delay_seconds=_DELAY_SECONDS)
        began[victim.pid] = (kind, is_fault, time.monotonic() + _DELAY_SECONDS)
    watched = next(pid for pid, (_, is_fault, _) in began.items() if is_fault)
    stage.background.append(
        stage.program.start(
            [
                "memory",
                "process",
                "watch",
                "--pid",
                str(watched),
                "--duration",
                f"{within_seconds}s",
                "--json",
            ],
            stdout=subprocess.DEVNULL,
        )
    )
    found = _look(stage, began, within_seconds + _DELAY_SECONDS)
    return _summary(began, found)


def _look(
    stage: Stage, began: Mapping[int, tuple[str, bool, float]], seconds: float
) -> dict[int, tuple[float, str]]:
    """Process id to when it was first named, and as what; ends early once all faults are found."""
    end, found = time.monotonic() + seconds, dict[int, tuple[float, str]]()
    faults = {pid for pid, (_, is_fault, _) in began.items() if is_fault}
    while time.monotonic() < end and not faults <= found.keys():
        told = stage.program.run(["memory", "process", "anomalies", "--json"], timeout_seconds=60)
        data = (told["document"] or {}).get("data") or {}
        for finding in data.get("findings", ()):
            pid = int((finding.get("evidence") or {}).get("pid") or 0)
            if pid in began and _names(finding["kind"], *began[pid][:2]):
                found.setdefault(pid, (time.monotonic(), finding["kind"]))
        time.sleep(_PAUSE_SECONDS)
    return found


def _names(found: str, kind: str, is_fault: bool) -> bool:
    """Whether a finding names the fault for what it is; on an ordinary process any finding is false."""
    return not is_fault or found in NAMED_AS[kind]


def _summary(
    began: Mapping[int, tuple[str, bool, float]], found: Mapping[int, tuple[float, str]]
) -> dict[str, Any]:
    quality: dict[str, dict[str, Any]] = {}
    for pid, (kind, is_fault, since) in began.items():
        row = quality.setdefault(
            kind, {"is_fault": is_fault, "started": 0, "found": 0, "seconds": [], "as": []}
        )
        row["started"] += 1
        if pid in found:
            when, name = found[pid]
            row["found"] += 1
            row["seconds"].append(round(max(0.0, when - since), 1))
            row["as"].append(name)
    faults = [row for row in quality.values() if row["is_fault"]]
    others = [row for row in quality.values() if not row["is_fault"]]
    return {
        "quality": quality,
        "recall": sum(row["found"] for row in faults) / max(1, sum(row["started"] for row in faults)),
        "false_alarms": sum(row["found"] for row in others),
        "missed": sorted(
            kind for kind, row in quality.items() if row["is_fault"] and row["found"] < row["started"]
        ),
    }
