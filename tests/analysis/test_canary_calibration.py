"""A slice of the benchmark with fixed seeds: false alarms, what is found and when, and what never passes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "canary" / "judge.py"


def test_the_targets_hold_on_a_few_runs():
    done = subprocess.run(
        [sys.executable, str(BENCHMARK), "--quick"], capture_output=True, text=True, check=False, timeout=170
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("not as it should be: nothing\n")
