"""Faults are what they say: the disk answers with errors, the clock moves, files are spoilt, tools are found."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codesentinel.calamum import broken_disk, clock, flood, network, spoiling, writers
from codesentinel.calamum.stage import Broken, Skipped, Stage
from codesentinel.calamum.tools import STRESS, find
from codesentinel.model.errors import NotInstalled

SCRIPT = """
import os, sys
fd = os.open("file", os.O_RDWR | os.O_CREAT)
def told(name, call):
    try:
        call()
    except OSError as exc:
        print(name, exc.errno)
told("write", lambda: os.write(fd, b"x"))
told("fsync", lambda: os.fsync(fd))
told("pwrite", lambda: os.pwrite(fd, b"x", 0))
told("fdatasync", lambda: os.fdatasync(fd))
"""


@pytest.fixture
def stage(tmp_path):
    (tmp_path / ".git").mkdir()
    one = Stage(str(tmp_path), 7)
    yield one
    assert one.clear() == []


@pytest.mark.parametrize(
    ("call", "failing"), [("write", "write 5\npwrite 5\n"), ("fsync", "fsync 5\nfdatasync 5\n")]
)
def test_a_broken_disk_answers_with_errors_and_a_mended_one_does_not(stage, tmp_path, call, failing):
    try:
        broken_disk.break_disk(stage, call=call)
    except Skipped as exc:
        pytest.skip(str(exc))
    words = [sys.executable, "-c", SCRIPT]
    assert subprocess.check_output([*stage.program.before, *words], cwd=tmp_path, text=True) == failing
    broken_disk.mend_disk(stage)
    assert subprocess.check_output([*stage.program.before, *words], cwd=tmp_path, text=True) == ""


def test_what_cannot_be_broken_is_told(stage):
    with pytest.raises(Skipped, match="cannot be made to fail"):
        broken_disk.break_disk(stage, call="moon")
    with pytest.raises(Broken, match="there is no error"):
        broken_disk.break_disk(stage, call="write", error="EMOON")
    assert stage.program.before == []


def test_a_clock_moves_for_the_program_also_while_it_runs(stage):
    clock.set_clock(stage, ahead_seconds=0)
    script = "import time; print(time.time()); input(); print(time.time_ns())"
    with subprocess.Popen(
        [sys.executable, "-uc", script],
        env=stage.program.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert abs(float(child.stdout.readline()) - time.time()) < 60
        clock.set_clock(stage, ahead_seconds=-3600)
        out, _ = child.communicate(b"\n", timeout=60)
    assert abs(int(out) / 1e9 - time.time() + 3600) < 60


def test_a_clock_that_does_not_move_is_a_skip(stage, monkeypatch):
    monkeypatch.setattr(clock, "_SHIM", "")
    with pytest.raises(Skipped, match="does not let its clock be moved"):
        clock.set_clock(stage, ahead_seconds=-3600)


def test_files_are_spoilt(stage, tmp_path):
    content = bytes(range(256)) * 4
    for how in ("flip", "cut", "empty", "pipe", "folder", "unreadable"):
        path = tmp_path / how
        path.write_bytes(content)
        assert spoiling.spoil(stage, paths=[how], how=how) == [how]
    assert (tmp_path / "flip").stat().st_size == len(content)
    assert (tmp_path / "flip").read_bytes() != content
    assert (tmp_path / "cut").stat().st_size == len(content) // 2
    assert (tmp_path / "empty").stat().st_size == 0
    assert (tmp_path / "pipe").is_fifo()
    assert (tmp_path / "folder").is_dir()
    with pytest.raises(OSError, match="Input/output error"):
        (tmp_path / "unreadable").read_bytes()
    for paths, how in ((["moon"], "cut"), (["cut"], "moon")):
        with pytest.raises(Broken):
            spoiling.spoil(stage, paths=paths, how=how)


def test_answers_are_those_that_mean_something(stage):
    assert spoiling.answers(stage, commands=[["--version"], ["memory", "log"]]) == {}
    hung = spoiling.answers(stage, commands=[["memory", "process", "record"]], timeout_seconds=1.0)
    assert (hung["words"], hung["exit"]) == ("memory process record", 124)


def test_a_flood_is_as_long_as_it_says_and_its_reader_is_measured(stage, tmp_path):
    size = flood.flood_log(stage, domain="flood", lines=2500, long_line_bytes=100_000)
    lines = (tmp_path / "docs/domains/flood/history.jsonl").read_bytes().splitlines()
    assert (len(lines), max(map(len, lines)) > 100_000) == (2501, True)
    assert size == sum(map(len, lines)) + len(lines)
    told = flood.measured(stage, words=["memory", "log", "--limit", "3", "--json"])
    assert (told["exit"], len(told["document"]["data"]["events"])) == (0, 3)
    assert told["most_bytes"] > 5_000_000  # at most what this process has: a child begins with its parent's


def test_what_writers_were_promised_is_compared_with_the_log(stage, tmp_path):
    done = writers.run_writers(stage, count=2, events=5, domain="calamum", name="one")
    assert done["promised"] == {"one0": 5, "one1": 5}
    found = writers.promises(stage, domain="calamum")
    assert found == {"missing": 0, "twice": 0, "unordered": 0, "torn": 0, "promised": 10}
    log = tmp_path / "docs/domains/calamum/history.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join([*lines[1:], lines[3], b"half"]))
    found = writers.promises(stage, domain="calamum")
    assert (found["missing"], found["torn"]) == (1, 1)
    assert found["twice"] >= 1


def test_the_network_of_the_machine_is_not_cut(stage, monkeypatch):
    monkeypatch.setattr(network.socket, "if_nameindex", lambda: [(1, "lo"), (2, "eth0")])
    with pytest.raises(Skipped, match="network of the machine"):
        network.cut_network(stage)
    assert stage.undo == []


def test_a_tool_is_fetched_where_it_is_not_installed_or_has_a_reason(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))

    def nothing(package):
        raise NotInstalled(f"no {package} here")

    assert find([STRESS], nothing) == ({}, {STRESS: "no stress-ng here"})
    program = tmp_path / "stress-ng/usr/bin/stress-ng"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "stress-ng, version 9.9 $LD_LIBRARY_PATH"\n')
    program.chmod(0o755)
    (tmp_path / "libsctp1/usr/lib/x86_64-linux-gnu").mkdir(parents=True)
    found, missing = find([STRESS], lambda package: Path(tmp_path, package))
    assert (found[STRESS].version, missing) == ("stress-ng version 9.9", {})
    assert found[STRESS].environment["LD_LIBRARY_PATH"].endswith("libsctp1/usr/lib/x86_64-linux-gnu")
    program.write_text("#!/bin/sh\nexit 3\n")
    assert "does not start" in find([STRESS], lambda package: Path(tmp_path, package))[1][STRESS]
    assert os.environ["PATH"].endswith("empty")
