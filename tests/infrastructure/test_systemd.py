"""The units for plain hosts: systemd takes them, and says how exposed they are."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from codesentinel.cli.commands import COMMANDS, split_command
from manifests import ROOT

FOLDER = ROOT / "infrastructure" / "systemd"
UNITS = sorted(path.name for path in FOLDER.glob("*.service"))
TARGETS = ("sysinit", "basic", "multi-user", "network", "network-online", "shutdown")
SYSTEM = Path("/lib/systemd/system")
EXPOSED_TENTHS = {"codesentinel-agent.service": 6, "codesentinel-collect.service": 13}
"""Of systemd's own scale from 0 to 10: at most so much. The servers may have /proc and executable memory."""

OTHERS_TENTHS = 14

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None or not SYSTEM.exists(),
    reason="no systemd here to read units with (Debian's package systemd has it)",
)


@pytest.fixture
def root(tmp_path):
    """A file system with the units where they are installed, and a program where they expect it."""
    units = tmp_path / "etc/systemd/system"
    units.mkdir(parents=True)
    for path in FOLDER.glob("codesentinel-*"):
        (shutil.copytree if path.is_dir() else shutil.copy)(path, units / path.name)
    theirs = tmp_path / "usr/lib/systemd/system"
    theirs.mkdir(parents=True)
    for name in TARGETS:
        shutil.copy(SYSTEM / f"{name}.target", theirs)
    program = tmp_path / "opt/codesentinel/bin/codesentinel"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return tmp_path


def analyze(*words):
    environment = {
        **os.environ,
        "SYSTEMD_PAGER": "",
        "SYSTEMD_COLORS": "0",
        "SYSTEMD_EMOJI": "0",
        "LC_ALL": "C.UTF-8",
    }
    return subprocess.run(
        ["systemd-analyze", *words], capture_output=True, text=True, check=False, env=environment
    )


def verified(root, unit):
    done = analyze("verify", f"--root={root}", "--man=no", unit)
    return done.returncode, done.stdout + done.stderr


def exposed(root, unit, tenths):
    """Whether systemd finds a unit at most so exposed, and what it says."""
    done = analyze("security", "--offline=true", f"--root={root}", f"--threshold={tenths}", unit)
    assert "Overall exposure level" in done.stdout, done.stderr
    return done.returncode == 0, done.stdout


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_takes_a_unit_and_finds_it_well_confined(root, unit):
    assert verified(root, unit) == (0, "")
    well, said = exposed(root, unit, EXPOSED_TENTHS.get(unit, OTHERS_TENTHS))
    assert well, said


def test_a_unit_with_a_mistake_or_without_its_confinement_is_told(root):
    unit = "codesentinel-agent.service"
    path = root / "etc/systemd/system" / unit
    whole = path.read_text()
    path.write_text(whole.replace("ExecStart=/opt/codesentinel/bin/codesentinel", "ExecStart=/opt/none"))
    assert "/opt/none is not executable" in verified(root, unit)[1]
    path.write_text(whole.replace("PrivateNetwork=yes", "PrivateNetwrok=yes"))
    assert "'PrivateNetwrok'" in verified(root, unit)[1]
    path.write_text(whole)
    confinement = root / "etc/systemd/system/codesentinel-.service.d/hardening.conf"
    text = confinement.read_text()
    for line in ("ProtectSystem=strict", "SystemCallFilter=@system-service", "CapabilityBoundingSet="):
        confinement.write_text(text.replace(f"{line}\n", ""))
        assert not exposed(root, unit, EXPOSED_TENTHS[unit])[0], line


@pytest.mark.parametrize(
    ("unit", "drop_in", "tenths"),
    [
        ("codesentinel-agent.service", "program-files.conf", 10),
        ("codesentinel-viewer.service", "on-a-network.conf", 15),
    ],
)
def test_what_may_be_added_is_taken_too(root, unit, drop_in, tenths):
    folder = root / "etc/systemd/system" / f"{unit}.d"
    folder.mkdir()
    shutil.copy(FOLDER / "optional" / drop_in, folder)
    assert verified(root, unit) == (0, "")
    well, said = exposed(root, unit, tenths)
    assert well, said
    assert not exposed(root, unit, tenths - 2)[0], "it costs something"


def test_what_the_units_run_are_commands_and_what_differs_is_not_taken_back():
    known = {name for name, *_ in COMMANDS}
    common = (FOLDER / "codesentinel-.service.d" / "hardening.conf").read_text()
    shared = set(re.findall(r"(?m)^(\w+)=", common)) - {"Environment"}
    for unit in UNITS:
        text = (FOLDER / unit).read_text()
        (words,) = re.findall(r"(?m)^ExecStart=/opt/codesentinel/bin/codesentinel (.*)$", text)
        assert split_command(words.split())[0] in known
        own = re.findall(r"(?m)^(\w+)=", text.partition("[Service]")[2])
        assert not shared & set(own), "the drop-in is read later, and would win"
        assert {"RestrictAddressFamilies", "TimeoutStopSec", "MemoryMax", "TasksMax"} <= set(own)
        (page,) = re.findall(r"(?m)^Documentation=man:(\S+)\(1\)$", text)
        assert (ROOT / "docs" / "man" / f"{page}.1").exists()
