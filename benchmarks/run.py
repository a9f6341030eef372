"""`make bench`: benchmarks in turn, each with its table; what they claim goes to docs/benchmarks.md.

    python benchmarks/run.py                              # all of them, which takes hours
    python benchmarks/run.py startup.py "trends/live.py --worlds 2"

Exit status 1 when one of them missed a limit of its own.
"""

from __future__ import annotations

import ast
import json
import os
import platform
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import page
from claims import CLAIMS

FOLDER = Path(__file__).parent
BENCHMARKS = (
    "startup.py",
    "log_append.py",
    "instrument_overhead.py",
    "process_commands.py",
    "index.py",
    "history_read.py",
    "history_write.py",
    "dashboards_30_days.py",
    "process_lab/run.py",
    "canary/judge.py",
    "canary/rollout.py",
    "trends/asd.py",
    "trends/capacity.py",
    "trends/engines.py",
    "trends/live.py",
    "trends/live_stack.py",
    "trends/nab.py",
    "trends/forecast_m4.py",
    "trends/seasonality.py",
    "efficiency/false_discoveries.py",
    "scale/month_on_disk.py",
    "scale/ten_thousand_hosts.py",
    "satellites/evidence.py",
    "satellites/health_10m.py",
    "satellites/agents.py",
    "satellites/hook.py",
    "satellites/identity.py",
    "efficiency/profile_diff.py",
    "efficiency/profile_overhead.py",
    "efficiency/bottleneck_lab/run.py",
    "fleet/shippers.py",
    "fleet/ten_hosts.py",
    "calamum/mutants.py",
    "calamum/quality.py",
    "calamum/steadfast.py",
)


NOT_YET = "it was not run since this page is kept"


def main() -> int:
    """Run them, keep what they claim, and write the page; 1 when any failed."""
    wanted = sys.argv[1:] or list(BENCHMARKS)
    if unknown := [line for line in wanted if line.split()[0] not in BENCHMARKS]:
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    failed = []
    for line in wanted:
        print(f"== {line}", flush=True)
        one = run(line)
        keep(line.split()[0], one)
        failed += [line] if one["status"] else []
    print(f"{len(wanted)} benchmarks, failed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


def run(line: str) -> dict[str, Any]:
    """What one benchmark claims, where and when."""
    name, *options = shlex.split(line)
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "claims.jsonl"
        before, began, at = (
            os.getloadavg()[0],
            time.monotonic(),
            time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        )
        done = subprocess.run(
            [sys.executable, FOLDER / name, *options], check=False, env={**os.environ, CLAIMS: str(kept)}
        )
        seconds = time.monotonic() - began
        lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    return {
        "title": title(name),
        "command": f"python benchmarks/{line}",
        "at": at,
        "seconds": round(seconds, 1),
        "load": [round(before, 1), round(os.getloadavg()[0], 1)],
        "machine": machine(),
        "status": done.returncode,
        "claims": [json.loads(one) for one in lines],
        "why_not": "it had nothing to claim: what it compares with, or its data, is not there",
    }


def keep(name: str, one: dict[str, Any]) -> None:
    """Put it among the others; one that claims nothing replaces none that does."""
    results = json.loads(page.RESULTS.read_text(encoding="utf-8")) if page.RESULTS.exists() else {}
    if one["claims"] or not results.get(name, {}).get("claims"):
        results[name] = one
    ordered = {
        other: results.get(other, {"title": title(other), "claims": [], "why_not": NOT_YET})
        for other in BENCHMARKS
    }
    page.RESULTS.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")
    page.PAGE.write_text(page.page(ordered), encoding="utf-8")


def title(name: str) -> str:
    """The first line of what a benchmark says of itself."""
    said = ast.get_docstring(ast.parse((FOLDER / name).read_text(encoding="utf-8"))) or name
    return said.partition("\n")[0]


def machine() -> str:
    """Processors, memory, Python."""
    model = next(
        (
            one.partition(": ")[2]
            for one in Path("/proc/cpuinfo").read_text().splitlines()
            if one.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} x {model}, {memory:.0f} GiB, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
