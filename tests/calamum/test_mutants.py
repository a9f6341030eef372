"""It can fail: a slice of benchmarks/calamum/mutants.py, which breaks codesentinel in every way that we know."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from codesentinel.calamum.catalogue import chosen, experiments

FOLDER = Path(__file__).parents[2] / "benchmarks" / "calamum"
sys.path.insert(0, str(FOLDER))

from mutations import MUTATIONS, SURVIVORS  # noqa: E402

pytestmark = [pytest.mark.xdist_group("calamum"), pytest.mark.timeout(400)]

SOURCES = FOLDER.parents[1] / "src" / "codesentinel"
SLICE = (
    "a dry run kills",
    "names are not escaped",
    "a scan stops early",
    "the chain is not checked",
    "the viewer listens anywhere",
)


def test_there_are_many_and_each_breaks_a_line_that_is_there():
    assert len(MUTATIONS) >= 60
    assert len({one.name for one in MUTATIONS}) == len(MUTATIONS)
    for one in MUTATIONS:
        assert (SOURCES / one.file).read_text().count(one.old) == 1, one.name
        assert one.new != one.old, one.name
    assert set(SURVIVORS) <= {one.name for one in MUTATIONS}


def test_each_is_attacked_by_cases_that_there_are():
    every = experiments(())
    for one in MUTATIONS:
        assert chosen(every, tuple(one.cases.split())), one.name


def test_a_slice_of_them_is_caught(tmp_path):
    words = [word for name in SLICE for word in ("--exactly", name)]
    done = subprocess.run(
        [sys.executable, str(FOLDER / "mutants.py"), *words, "--share", "1", "--jobs", "2"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=380,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(SLICE)} of {len(SLICE)} caught" in done.stdout
