"""Kill where it is hard: an id given on in the same tick, other namespaces, states that take no signal."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import pty
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from codesentinel.operations.process.kill import kill
from stack_under_test import COMMAND
from victims import is_alive, state, until, victim

TESTS = Path(__file__).resolve().parent.parent
NAMESPACE = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child"]
SLOW_KILL = (
    "import sys; from codesentinel.operations.process import killing;"
    "killing.files.signal_mask = lambda *_: 0;"  # as if it could not be seen that the signal is ignored
    "from codesentinel.cli.main import main; sys.exit(main())"
)


def has_namespaces():
    return subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not has_namespaces(), reason="this kernel lets nobody make PID namespaces")
def test_300_ids_given_on_and_not_one_wrong_kill(tmp_path):
    """Before the command, while it asks, and between its record and its signal: no privilege needed."""
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    done = subprocess.run(
        [*NAMESPACE, sys.executable, TESTS / "pid_reuse.py", tmp_path, "300"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["wrong"] == 0
    assert told["answers"] == {
        "stale handle: refused": 100,
        "while asked: ended": 100,
        "after the record: ended": 100,
    }


@pytest.mark.skipif(not has_namespaces(), reason="this kernel lets nobody make PID namespaces")
def test_the_first_process_of_a_container_is_refused(context):
    outer = subprocess.Popen([*NAMESPACE, "sleep", "60"])
    try:
        init = _only_child(outer.pid)
        until(lambda: Path(f"/proc/{init}/comm").read_text() == "sleep\n")
        outcome = kill(context, pid=str(init), yes=True)
        assert (outcome.outcome, outcome.exit_status) == ("refused", 4)
        assert "container" in outcome.refused_because
    finally:
        outer.kill()
        outer.wait()


@pytest.mark.skipif(platform.machine() != "x86_64", reason="vfork is a system call of its own on x86 only")
def test_a_process_that_waits_uninterruptibly_is_ended_or_explained(context):
    with victim("vfork") as child:
        until(lambda: state(child.pid) == "D")
        began = time.monotonic()
        outcome = kill(context, pid=str(child.pid), yes=True)
        assert time.monotonic() - began < 1
        assert outcome.outcome == "ended"


def test_a_frozen_process_is_answered_at_once_in_words(context):
    """By the freezer of version 1, which keeps even SIGKILL from its members."""
    folder = Path(f"/sys/fs/cgroup/freezer/codesentinel-test-{os.getpid()}")
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("no freezer of version 1 that may be used here")
    with victim() as child:
        try:
            (folder / "cgroup.procs").write_text(str(child.pid))
            (folder / "freezer.state").write_text("FROZEN")
            until(lambda: state(child.pid) == "D")
            began = time.monotonic()
            outcome = kill(context, pid=str(child.pid), yes=True)
            assert time.monotonic() - began < 1
            assert (outcome.outcome, outcome.exit_status) == ("alive", 1)
            assert "frozen" in outcome.explanation
            outcome = kill(context, pid=str(child.pid), yes=True, force=True, reason="a test")
            assert (outcome.outcome, outcome.signals) == ("alive", ["SIGTERM", "SIGKILL"])
        finally:
            (folder / "freezer.state").write_text("THAWED")
        assert child.wait(5) in (-9, -15)
    _remove(folder)


def test_a_process_frozen_by_version_2_is_ended(context):
    folder = _group("frozen")
    with victim() as child:
        (folder / "cgroup.procs").write_text(str(child.pid))
        (folder / "cgroup.freeze").write_text("1")
        until(lambda: "frozen 1" in (folder / "cgroup.events").read_text())
        assert kill(context, pid=str(child.pid), yes=True).outcome == "ended"
    _remove(folder)


def test_a_control_group_that_holds_the_tree_alone_is_ended_at_once(context):
    folder = _group("whole")
    with victim("forking") as child:
        (folder / "cgroup.procs").write_text(str(child.pid))
        for line in Path("/proc").iterdir():
            if line.name.isdecimal():
                with contextlib.suppress(OSError):
                    if int((line / "stat").read_text().rpartition(")")[2].split()[1]) == child.pid:
                        (folder / "cgroup.procs").write_text(line.name)
        outcome = kill(context, pid=str(child.pid), yes=True, force=True, reason="a test", tree=True)
        assert outcome.outcome == "ended"
        until(lambda: "populated 0" in (folder / "cgroup.events").read_text())
    _remove(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="another user is needed, and only root can be one")
def test_another_users_process_is_not_permitted():
    with victim() as child, tempfile.TemporaryDirectory() as workspace:
        os.chmod(workspace, 0o777)
        script = (
            "import os, sys, json, codesentinel.operations.process.killing, codesentinel.config.settings;"
            "from codesentinel.operations.base import Context;"
            "from codesentinel.store.session_memory import SessionMemory;"
            "from codesentinel.operations.process.kill import kill;"
            "os.setgroups([]); os.setgid(65534); os.setuid(65534);"
            "w = sys.argv[1];"
            "o = kill(Context(w, None, SessionMemory(w), print), pid=sys.argv[2], yes=True);"
            "print(json.dumps([o.outcome, o.exit_status, o.refused_because]))"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, workspace, str(child.pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        outcome, status, because = json.loads(done.stdout.splitlines()[-1])
        assert (outcome, status) == ("permission", 4)
        assert "belongs to" in because
        assert is_alive(child.pid)


def _group(name):
    """A control group of version 2 of our own."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    root = next((Path(fields[1]) for fields in mounts if fields[2] == "cgroup2"), None)
    if root is None:
        pytest.skip("no control groups of version 2 here")
    folder = root / f"codesentinel-test-{name}-{os.getpid()}"
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("control groups may not be made here")
    if not (folder / "cgroup.freeze").exists():
        folder.rmdir()
        pytest.skip("this kernel has no freezer of version 2")
    return folder


def _remove(folder):
    with contextlib.suppress(OSError):
        folder.rmdir()


def _only_child(pid):
    until(lambda: list(_children(pid)))
    return next(_children(pid))


def _children(pid):
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError, IndexError):
                if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                    yield int(entry.name)


@pytest.mark.parametrize(
    ("answers", "kind", "status", "said"),
    [
        (b"n\n", "idle", 1, "cancelled: "),
        (b"\n", "idle", 1, "cancelled: "),
        (b"\x04", "idle", 1, "cancelled: "),
        (b"y\n", "idle", 0, "ended: "),
        (b"y\nn\n", "ignoring", 1, "still alive: "),
        (b"y\ny\n", "ignoring", 0, "ended: "),
    ],
)
def test_asked_on_a_terminal(tmp_path, answers, kind, status, said):
    ours, theirs = pty.openpty()
    with victim(kind) as child:
        command = subprocess.Popen(
            [COMMAND, "memory", "process", "kill", "--pid", str(child.pid), "--grace", "0.2"],
            cwd=tmp_path,
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        os.write(ours, answers)
        out, err = command.communicate(timeout=20)
    os.close(ours)
    os.close(theirs)
    assert command.returncode == status
    assert out.startswith(said)
    assert f"  {child.pid}:" in err
    assert "end it? [y/N]" in err


def test_ctrl_c_while_it_waits_is_recorded_with_what_is_known(tmp_path):
    with victim("ignoring") as child:
        os.kill(child.pid, 19)  # stopped, it neither takes SIGTERM nor shows that it ignores it at once
        command = subprocess.Popen(
            [sys.executable, "-c", SLOW_KILL, "--workspace", tmp_path, "memory", "process", "kill",
             "--pid", str(child.pid), "--yes", "--grace", "30"],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        log = tmp_path / "docs/domains/process/history.jsonl"
        until(lambda: log.exists() and '"intent"' in log.read_text())
        time.sleep(0.3)
        command.send_signal(2)
        out, _ = command.communicate(timeout=20)
        assert command.returncode == 130
        assert out.startswith("still alive: ")
        assert is_alive(child.pid)
    last = json.loads(log.read_text().splitlines()[-1])["activity"]
    assert (last["metadata"]["outcome"], last["metadata"]["interrupted"]) == ("alive", True)
    assert last["metadata"]["signals"][0] == "SIGTERM"
