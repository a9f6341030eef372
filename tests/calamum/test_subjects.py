"""The user's own process: what may be watched, that it is left alone, and what is told of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from attacks import COMMAND, SECONDS, calamum
from codesentinel.calamum.catalogue import chosen, experiments
from codesentinel.calamum.leavings import leavings
from codesentinel.calamum.subject import gone, look, subject
from codesentinel.model.attack import AttackRun, CaseResult
from codesentinel.model.errors import NoSuchProcess, UsageError
from codesentinel.render.attack_report import attack_markdown
from codesentinel.render.attack_text import attack_text
from servers import eventually
from unmeasured import UNMEASURED

pytestmark = pytest.mark.xdist_group("calamum")

LISTENER = """
import signal, sys
every = {one for one in signal.valid_signals() if one not in (signal.SIGKILL, signal.SIGSTOP)}
signal.pthread_sigmask(signal.SIG_BLOCK, every)
print("ready", flush=True)
while True:
    print(signal.sigwaitinfo(every).si_signo, flush=True)
"""


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / ".git").mkdir()
    return tmp_path


@pytest.fixture
def listener():
    """A process that writes down every signal that it gets."""
    child = subprocess.Popen([sys.executable, "-c", LISTENER], stdout=subprocess.PIPE, env=UNMEASURED)
    try:
        assert child.stdout.readline() == b"ready\n"
        yield child
    finally:
        child.kill()
        child.communicate()


@pytest.mark.parametrize(
    ("target", "error", "said"),
    [
        ("pid:x", UsageError, "no process is called 'x'"),
        ("pid:", UsageError, "no process is called ''"),
        ("pid:0", NoSuchProcess, "no process 0"),
        ("pid:-1", NoSuchProcess, "no process -1"),
        ("pid:4194305", NoSuchProcess, "no process 4194305"),
        ("pid:99999999999999", UsageError, "no process is called"),
        ("cmd:", UsageError, "followed by no command"),
        ("cmd:  ", UsageError, "followed by no command"),
        ("cmd:'x", UsageError, "no closing quotation"),
        ("cmd:no-such-program --x", UsageError, "there is no program 'no-such-program'"),
    ],
)
def test_what_cannot_be_watched_is_told(target, error, said):
    with pytest.raises(error, match=said):
        subject(target)


def test_a_process_of_another_user_is_refused(monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    with pytest.raises(UsageError, match="another user's"):
        subject(f"pid:{os.getpid()}")


def test_a_process_is_told_from_the_next_one_with_its_id(listener):
    found, case = subject(f"pid/forks:{listener.pid}")
    assert (found.pid, found.name, case) == (listener.pid, f"pid:{listener.pid}", "forks")
    assert gone(found) == ""
    assert "given to another" in gone(found._replace(identity=(1, 1)))
    inode = look(listener.pid).identity[1]
    assert subject(f"pid:{listener.pid}:{inode}")[0] == found
    with pytest.raises(NoSuchProcess, match="given to another"):
        subject(f"pid:{listener.pid}:{inode + 1}")
    listener.kill()
    listener.wait()
    assert "has ended" in gone(found)


def test_a_thread_is_no_process():
    script = (
        "import threading, time; t = threading.Thread(target=time.sleep, args=(60,), daemon=True); t.start();"
        "print(t.native_id, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as child:
        try:
            with pytest.raises(NoSuchProcess):
                subject(f"pid:{int(child.stdout.readline())}")
        finally:
            child.kill()


def test_subjects_are_chosen_apart_from_the_others(listener):
    every = experiments(())
    found = chosen(every, (f"pid:{listener.pid}",))
    assert [one.case for one in found] == ["cpu", "fds", "forks", "memory"]
    assert {one.subject.pid for one in found} == {listener.pid}
    assert not {one.target for one in chosen(every, ("all",))} & {"pid", "cmd"}
    assert [one.case for one in chosen(every, ("cmd/fds:sleep 60", "web"))][-1] == "fds"
    with pytest.raises(UsageError, match="played alone"):
        chosen(every, (f"pid:{listener.pid}", "web"))
    for wrong in ("pid", "pid/forks", "cmd/moon:sleep 1", "moon:1"):
        with pytest.raises(UsageError, match="no such target"):
            chosen(every, (wrong,))


def test_a_process_is_watched_and_gets_no_signal(workspace, listener):
    done, document = calamum(
        *("test", "--target", f"pid/forks:{listener.pid}", "--json", "--quiet", "--seed", "3"), cwd=workspace
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (case,) = document["data"]["cases"]
    assert (case["target"], case["case"], case["outcome"]) == (f"pid:{listener.pid}", "forks", "held"), case
    assert case["observed"]["anomalies"] >= 0
    assert case["observed"]["process"]["harm"] == ""
    assert case["observed"]["process"]["samples"] >= 1
    assert document["data"]["left_over"] == []
    assert listener.poll() is None
    os.kill(listener.pid, signal.SIGUSR1)  # the first that it gets
    assert listener.stdout.readline() == b"%d\n" % signal.SIGUSR1


def test_a_command_is_pressed_and_named(workspace):
    done, document = calamum(
        *("test", "--target", "cmd/forks:sleep 300", "--target", "cmd:true", "--json", "--quiet"),
        cwd=workspace,
    )
    assert done.returncode in (0, 3), done.stdout + done.stderr
    slept, *ended = document["data"]["cases"]
    assert slept["target"] == "cmd:sleep"
    assert slept["outcome"] == "held" or "namespace" in slept["detail"], slept
    assert {one["outcome"] for one in ended} == {"skipped"}, ended


def test_a_run_that_is_interrupted_leaves_the_process_and_nothing_else(workspace, listener):
    child = subprocess.Popen(
        [COMMAND, "test", "--target", f"pid/cpu:{listener.pid}", "--target", f"pid/fds:{listener.pid}"],
        cwd=workspace,
        env={**UNMEASURED, "TMPDIR": str(workspace)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        eventually(lambda: any(workspace.glob("calamum-*/*/pid.*/.codesentinel/process/*")), within=90)
        (folder,) = workspace.glob("calamum-*")
        run = folder.name.removeprefix("calamum-").rpartition("-")[0]
        assert leavings(run)
        time.sleep(1)
        child.send_signal(signal.SIGTERM)
        assert child.wait(SECONDS) == 130
    finally:
        child.kill()
        child.wait()
    assert listener.poll() is None
    eventually(lambda: not leavings(run), within=30)
    assert not folder.exists()


def test_what_was_seen_is_told_to_people():
    seen = {
        "what": "fds",
        "by": "a process of calamum's",
        "anomalies": 31.04,
        "watch": None,
        "detail": 7.0,
        "process": {"named": ["process-fd-limit"], "harm": "process 7 has ended"},
    }
    case = CaseResult("pid:7", "fds", "It is noticed", "failed", "why", observed=seen)
    done = AttackRun("r1", 7, "0.1", "2026-11-24T10:00:00+00:00", ("pid:7",), (case,), {})
    told = (
        "fds, by a process of calamum's: noticed by anomalies 31.0s, detail 7.0s; "
        "the process itself was named for process-fd-limit, and is process 7 has ended"
    )
    assert told in attack_text(done)
    assert told in attack_markdown(done)
    assert json.dumps(seen)
