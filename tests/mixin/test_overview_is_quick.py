"""The benchmark of System Overview runs, and no panel of the page is empty on a real store."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_day_of_the_overview_is_asked_on_recordings_and_on_raw_series():
    done = subprocess.run(
        [sys.executable, "dashboards_30_days.py", "--quick"],
        cwd=BENCHMARKS,
        capture_output=True,
        text=True,
        check=False,
        timeout=380,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d+ series live at the end", done.stdout)
    assert re.search(r"whole page, server CPU\s+\d+\s+\d+", done.stdout)
