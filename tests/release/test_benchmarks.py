"""The page of benchmarks says what they found, and no benchmark is left out of it."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys

from built import ROOT
from unmeasured import UNMEASURED

FOLDER = ROOT / "benchmarks"
PAGE = ROOT / "docs/benchmarks.md"


def module(name):
    """A program of benchmarks/."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def benchmarks():
    """The names in `benchmarks/run.py`."""
    text = (FOLDER / "run.py").read_text()
    return re.findall(r'(?m)^    "(.+\.py)",$', text.partition("BENCHMARKS = (")[2].partition(")")[0])


def test_the_page_is_what_was_measured():
    page = module("page")
    assert PAGE.read_text() == page.page(json.loads(page.RESULTS.read_text()))


def test_every_benchmark_is_on_it_or_it_says_why_not():
    results = json.loads((ROOT / "docs/benchmarks.json").read_text())
    assert list(results) == benchmarks()
    for name, one in results.items():
        assert one["claims"] or one["why_not"], name


def test_a_claim_is_kept_only_where_it_is_asked_for(tmp_path):
    code = (
        "from claims import Spread, claim, share\n"
        "claim('half as long', 1.5, 's', peer='it', theirs=3.0, spread=Spread(0.4, 0.6), limit='at most 1x')\n"
        "claim('found', 0.9, '%', spread=share(9, 10))\n"
    )
    kept = tmp_path / "claims"
    for variables in ({}, {"BENCHMARK_CLAIMS": str(kept)}):
        environment = {**UNMEASURED, **variables, "PYTHONPATH": str(FOLDER)}
        subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd=tmp_path)
    first, second = (json.loads(line) for line in kept.read_text().splitlines())
    assert (first["ratio"], first["spread"]) == (0.5, [0.4, 0.6])
    assert 0.59 < second["spread"][0] < 0.6
    row = module("page").row
    assert row(first) == "| half as long | 1.5 s | it | 3 s | 0.5x | 0.4 to 0.6 | at most 1x |"
    assert row(second) == "| found | 90.0% |  |  |  | 59.6% to 98.2% |  |"


def test_a_benchmark_that_is_not_there_is_refused():
    done = subprocess.run(
        [sys.executable, FOLDER / "run.py", "nothing.py"],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )
    assert done.returncode == 2
    assert "no such benchmark: nothing.py" in done.stderr
