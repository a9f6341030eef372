"""`make bench`: every benchmark in turn, each with its table; fails when one of them does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
    "satellites/evidence.py",
    "satellites/health_10m.py",
    "satellites/agents.py",
    "satellites/hook.py",
    "satellites/identity.py",
    "efficiency/profile_diff.py",
    "efficiency/profile_overhead.py",
    "efficiency/bottleneck_lab/run.py",
)


def main() -> int:
    """Run them all; 1 when any failed."""
    folder = Path(__file__).parent
    failed = []
    for name in BENCHMARKS:
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, folder / name], check=False).returncode:
            failed.append(name)
    print(f"{len(BENCHMARKS)} benchmarks, failed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
