"""What a hook adds to a bare Python start, for each vendor's payload and for ten megabytes.

    python benchmarks/satellites/hook.py [--runs 40]

Fails when the median adds more than 40 ms of CPU: the wall time on a machine with a core to spare.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
from claims import claim

LIMIT_SECONDS = 0.040
PAYLOADS = {
    "claude": {
        "hook_event_name": "PostToolUse",
        "tool_name": "Skill",
        "tool_input": {"skill": "github-proc-1"},
    },
    "codex": {
        "hook_event_name": "PostToolUse",
        "tool_name": "Bash",
        "tool_input": {"command": "cat .agents/skills/release/SKILL.md"},
    },
    "gemini": {
        "hook_event_name": "AfterTool",
        "tool_name": "activate_skill",
        "tool_input": {"name": "release"},
    },
    "claude, nothing of ours": {"hook_event_name": "PostToolUse", "tool_name": "Edit", "tool_input": {}},
    "claude, 10 MB": {
        "hook_event_name": "PostToolUse",
        "tool_name": "Read",
        "tool_response": "x" * 10_000_000,
    },
}


def timed(argv: list[str], raw: bytes) -> tuple[float, float]:
    """CPU and wall seconds of one command."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(argv, input=raw, check=True)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def main() -> int:
    """Print the table; 1 when the limit is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=40)
    runs, worst = parser.parse_args().runs, 0.0
    command = str(Path(sys.executable).with_name("codesentinel"))
    print(f"{'payload':<26} {'bare CPU':>9} {'hook CPU':>9} {'added':>8} {'added wall':>11}   (ms, medians)")
    with tempfile.TemporaryDirectory() as folder:
        for name, payload in PAYLOADS.items():
            raw = json.dumps({"session_id": "s", "cwd": folder, **payload}).encode()
            ours = [command, "satellites", "hook", "--agent", name.partition(",")[0], "--workspace", folder]
            bare, hook = [], []
            for _ in range(runs):  # side by side, so that a busy machine is busy for both
                bare.append(timed([sys.executable, "-c", "import sys; sys.stdin.buffer.read()"], raw))
                hook.append(timed(ours, raw))
            cpu, wall = ([statistics.median(one[i] for one in rows) for rows in (bare, hook)] for i in (0, 1))
            added = cpu[1] - cpu[0]
            worst = max(worst, added)
            claim(
                f"a hook, {name}",
                cpu[1] * 1000,
                "ms CPU",
                peer="a bare Python that reads it",
                theirs=cpu[0] * 1000,
                limit=f"at most {LIMIT_SECONDS * 1000:g} ms more",
            )
            figures = (1e3 * value for value in (*cpu, added, wall[1] - wall[0]))
            print("{:<26} {:>9.1f} {:>9.1f} {:>8.1f} {:>11.1f}".format(name, *figures))
    print(f"\nat most {1e3 * worst:.1f} ms are added; the limit is {1e3 * LIMIT_SECONDS:.0f} ms")
    return worst > LIMIT_SECONDS


if __name__ == "__main__":
    sys.exit(main())
