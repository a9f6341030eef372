"""Processes that want to deceive whoever looks: nothing of theirs reaches a terminal as it is."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys

import pytest

from stack_under_test import COMMAND
from victims import until

NAME = b"\x1b[2Jx\n[OK]\xff"
FORGED = "[OK] No processes exceeded thresholds"
SCRIPT = (
    "import ctypes, sys, time\n"
    "ctypes.CDLL(None).prctl(15, {name!r}, 0, 0, 0)\n"
    "sys.stdout.write('r'); sys.stdout.flush(); time.sleep(60)"
)
COMMANDS = [
    ["system", "--limit", "0", "-v"],
    ["system", "--limit", "0", "--full-argv"],
    ["system", "--limit", "0", "--json"],
    ["tree", "--pid", "{pid}"],
    ["tree", "--pid", "{parent}"],
    ["detail", "--pid", "{pid}", "-v", "--full-argv"],
    ["watch", "--pid", "{pid}", "--interval", "0.05", "--duration", "0.1", "-v"],
    ["watch", "--pid", "{pid}", "--interval", "0.05", "--duration", "0.1", "--full-argv"],
    ["group"],
    ["anomalies", "-v"],
    ["snapshot", "--full-argv"],
    ["top", "--count", "1", "--interval", "0.1", "--limit", "0", "--sort", "memory"],
    ["kill", "--pid", "{pid}", "--dry-run"],
    ["record", "--interval", "1", "--duration", "1"],
]
"""Every command that shows a name or an argument."""


@contextlib.contextmanager
def hostile():
    """A process with a name and arguments made to deceive."""
    words = [
        "\x1b]0;owned\x07",
        f"\n{FORGED}\n",
        b"\xff\xe9\xfe",
        "x" * 100_000,
        "--password=hunter2",
        "\u202eabc",
    ]
    child = subprocess.Popen(
        [sys.executable, "-c", SCRIPT.format(name=NAME), *words], stdout=subprocess.PIPE, cwd="/"
    )
    try:
        assert child.stdout.read(1) == b"r"
        yield child
    finally:
        child.kill()
        child.stdout.close()
        child.wait()


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:2]))
def test_nothing_raw_reaches_the_terminal(tmp_path, words):
    (tmp_path / ".git").mkdir()
    with hostile() as child:
        done = subprocess.run(
            [
                COMMAND,
                "memory",
                "process",
                *(word.format(pid=child.pid, parent=os.getpid()) for word in words),
            ],
            cwd=tmp_path,
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONIOENCODING": "ascii:strict"},
        )
    assert done.returncode in (0, 1), done.stderr
    for stream in (done.stdout, done.stderr):
        assert stream.isascii()
        assert b"\x1b" not in stream
        assert b"\x07" not in stream
        assert f"\n{FORGED}".encode() not in stream
        assert b"hunter2" not in stream
        assert b"Traceback" not in stream
    for path in tmp_path.rglob("*.jsonl"):
        for line in path.read_bytes().splitlines():
            json.loads(line, parse_constant=lambda _: pytest.fail("no JSON"))
            assert b"hunter2" not in line


def test_under_hidepid_the_rest_is_shown_and_what_is_hidden_is_said(tmp_path):
    """In a mount namespace of our own, as another user, with /proc mounted as a hardened host has it."""
    if os.geteuid() != 0:
        pytest.skip("mounting /proc anew needs root")
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    inner = (
        "import os, sys, json, pwd, encodings.unicode_escape, encodings.ascii;"
        "import codesentinel.operations.process.views, codesentinel.operations.process.snapshot,"
        " codesentinel.operations.process.kill, codesentinel.render.process_text;"
        "from codesentinel.operations.base import Context;"
        "from codesentinel.store.session_memory import SessionMemory;"
        "from codesentinel.model.process_views import ProcessTable;"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534);"
        "c = Context(sys.argv[1], None, SessionMemory(sys.argv[1], agent_id='n', warn=lambda _: None), print);"
        "t = codesentinel.operations.process.views.system(c, limit=0);"
        "k = codesentinel.operations.process.kill.kill(c, pid='1', yes=True);"
        "print(json.dumps([len(t.processes), t.scan.coverage(), k.outcome, k.exit_status,"
        " codesentinel.render.process_text.table_text(t).splitlines()[-1]]))"
    )
    for hidepid in (1, 2):
        done = subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c",
             f'mount -o remount,hidepid={hidepid} /proc || exit 77; sleep 30 & "$0" -c "$1" "$2"; s=$?; kill %1; exit $s',
             sys.executable, inner, workspace],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode == 77 or "unshare" in done.stderr:
            pytest.skip("/proc cannot be mounted anew here")
        assert done.returncode == 0, done.stderr
        shown, coverage, outcome, status, last_line = json.loads(done.stdout.splitlines()[-1])
        assert shown == 1
        assert coverage["others_hidden"] is True
        assert (outcome, status) in (("permission", 4), ("refused", 4), ("not_found", 3))
        assert "hidepid" in last_line
        if hidepid == 1:
            assert sum(coverage["unreadable"].values()) + coverage["vanished"] >= 2


def test_a_process_that_ends_between_two_readings_breaks_nothing(tmp_path):
    child = subprocess.Popen(["/bin/sleep", "0.15"])
    done = subprocess.run(
        [
            COMMAND,
            "memory",
            "process",
            "watch",
            "--pid",
            str(child.pid),
            "--interval",
            "0.05",
            "--duration",
            "3",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    child.wait()
    assert done.returncode in (0, 3)
    assert "Traceback" not in done.stderr
    until(lambda: child.poll() is not None)
