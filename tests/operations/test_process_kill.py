"""Ending processes: every guard, every answer, and the record before the signal."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from codesentinel.analysis.processes.guards import is_own_server
from codesentinel.config.settings import Process, Settings
from codesentinel.model.errors import UsageError
from codesentinel.operations.process.kill import kill
from codesentinel.operations.process.permit import Asker
from codesentinel.operations.process.reading import LiveReading
from servers import free_port
from stack_under_test import COMMAND
from victims import is_alive, state, until, victim, with_marker


class Answers(Asker):
    """Answers as it was told to, and remembers what it was asked."""

    def __init__(self, confirms=True, insists=False, meanwhile=lambda: None):
        self._confirms, self._insists, self._meanwhile = confirms, insists, meanwhile
        self.asked = []

    def confirms(self, plan):
        self.asked.append(("end", plan.process.pid, len(plan.descendants)))
        self._meanwhile()
        return self._confirms

    def insists(self, plan, because):
        self.asked.append(("force", because))
        return self._insists


def handle_of(pid):
    reading = LiveReading()
    process = reading.scan.processes[pid]
    reading.complete([process])
    return process.handle


def records(context):
    lines = context.memory.path("process").read_text().splitlines()
    return [json.loads(line)["activity"] for line in lines]


def test_a_process_is_ended_and_the_intent_was_recorded_before(context):
    with victim() as child:
        outcome = kill(context, pid=handle_of(child.pid), yes=True, reason="a test")
        assert (outcome.outcome, outcome.signals, outcome.exit_status) == ("ended", ["SIGTERM"], 0)
        assert child.wait(5) == -15
    intent, done = records(context)
    assert (intent["action"], intent["metadata"]["phase"]) == ("process_kill", "intent")
    assert intent["metadata"]["reason"] == "a test"
    assert intent["metadata"]["handle"] == outcome.handle
    assert (done["action"], done["metadata"]["phase"], done["metadata"]["outcome"]) == (
        "process_kill",
        "outcome",
        "ended",
    )
    assert done["success"]


def test_without_a_terminal_and_without_yes_it_is_refused(context):
    with victim() as child:
        outcome = kill(context, pid=str(child.pid))
        assert (outcome.outcome, outcome.exit_status) == ("refused", 4)
        assert "no terminal" in outcome.refused_because
        assert is_alive(child.pid)
    assert [one["metadata"]["outcome"] for one in records(context)] == ["refused"]
    assert not records(context)[0]["success"]


@pytest.mark.parametrize(
    ("pid", "because"),
    [
        ("0", "whole group of processes"),
        ("-1", "whole group of processes"),
        ("1", "keeps the system"),
        ("2", "kernel threads"),
        ("self", "codesentinel itself"),
        ("parent", "an ancestor"),
        ("session", "an ancestor|keeps the system|codesentinel itself|whole group"),
    ],
)
def test_what_must_live_is_refused(context, pid, because):
    ours = {"self": os.getpid(), "parent": os.getppid(), "session": os.getsid(0)}
    pid = str(ours.get(pid, pid))
    if pid == "2":
        comm = Path("/proc/2/comm")
        if not comm.exists() or comm.read_text() != "kthreadd\n":
            pytest.skip("no kernel threads in this PID namespace")
    outcome = kill(context, pid=pid, yes=True)
    assert (outcome.outcome, outcome.exit_status, outcome.signals) == ("refused", 4, [])
    assert re.search(because, outcome.refused_because)


def test_a_thread_id_is_refused(context):
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        outcome = kill(context, pid=str(thread.native_id), yes=True)
    finally:
        done.set()
        thread.join()
    assert outcome.outcome == "refused"
    assert "is a thread" in outcome.refused_because


def test_a_protected_program_is_refused_by_its_file_and_not_by_a_name_put_on(context, tmp_path):
    os.symlink("/bin/sleep", tmp_path / "importantd")
    protected = context.but(settings=Settings(process=Process(protected_names="sleep importantd")))
    child = subprocess.Popen([tmp_path / "importantd", "60"])
    try:
        outcome = kill(protected, pid=str(child.pid), yes=True)
        assert "'sleep' is protected" in outcome.refused_because
        only_name = context.but(settings=Settings(process=Process(protected_names="importantd")))
        assert kill(only_name, pid=str(child.pid), yes=True).outcome == "ended"
    finally:
        child.kill()
        child.wait()


def test_our_own_servers_are_refused_and_not_whatever_has_our_name(context):
    server = subprocess.Popen([COMMAND, "metrics", "serve", "--port", str(free_port())], cwd=context.root)
    try:
        outcome = kill(context, pid=str(server.pid), yes=True)
        assert (outcome.outcome, outcome.exit_status) == ("refused", 4)
        assert "codesentinel down" in outcome.refused_because
    finally:
        server.terminate()
        server.wait()
    assert is_own_server(["/venv/bin/python3", "-m", "codesentinel", "--workspace", "/w", "up"])
    assert not is_own_server(["python3", "-c", "pass", "notes-about-codesentinel.txt", "up"])
    assert not is_own_server(["vi", "codesentinel", "up"])
    assert not is_own_server(["python3", "-m", "codesentinel", "review"])


def test_an_old_handle_is_refused_and_a_wrong_boot_too(context):
    with victim() as child:
        pid, _, key = handle_of(child.pid).partition(":")
        inode, _, boot = key.partition("-")
        for wrong in (
            f"{pid}:{int(inode.lstrip('t')) - 1}-{boot}",
            f"{pid}:{inode}-{'0000' if boot != '0000' else '1111'}",
        ):
            outcome = kill(context, pid=wrong, yes=True)
            assert (outcome.outcome, outcome.exit_status) == ("refused", 4)
        assert is_alive(child.pid)
        assert kill(context, pid=f"{pid}:{inode}", yes=True).outcome == "ended"


def test_no_such_process_is_exit_3(context):
    with victim("zombie") as child:
        gone = child.pid
    outcome = kill(context, pid=str(gone), yes=True)
    assert (outcome.outcome, outcome.exit_status) == ("not_found", 3)


@pytest.mark.parametrize("text", ["x", "", "12:", "1:2:3-beef", "4711@3"])
def test_what_is_no_handle_is_wrong_use(context, text):
    with pytest.raises(UsageError):
        kill(context, pid=text, yes=True)


def test_force_without_asking_needs_a_reason(context):
    with victim() as child:
        with pytest.raises(UsageError, match="--reason"):
            kill(context, pid=str(child.pid), yes=True, force=True, reason=" ")
        assert is_alive(child.pid)


@pytest.mark.parametrize(("kind", "why"), [("ignoring", "ignores SIGTERM"), ("blocking", "blocks SIGTERM")])
def test_one_that_does_not_listen_is_said_to_be_alive_and_ended_by_force(context, kind, why):
    with victim(kind) as child:
        outcome = kill(context, pid=str(child.pid), yes=True, grace_seconds=0.2)
        assert (outcome.outcome, outcome.exit_status) == ("alive", 1)
        assert why in outcome.explanation
        asker = Answers(insists=True)
        outcome = kill(context, pid=str(child.pid), grace_seconds=0.2, asker=asker)
        assert outcome.outcome == "ended"
        assert outcome.signals == ["SIGTERM", "SIGKILL"]
        assert why in asker.asked[-1][1]
        assert child.wait(5) == -9


def test_one_that_needs_time_gets_it(context):
    with victim("slow") as child:
        assert kill(context, pid=str(child.pid), yes=True, grace_seconds=5).signals == ["SIGTERM"]
        assert child.wait(5) == 0


def test_a_zombie_is_answered_at_once(context):
    with victim("zombie") as child:
        began = time.monotonic()
        outcome = kill(context, pid=str(child.pid), yes=True)
        assert time.monotonic() - began < 1
    assert (outcome.outcome, outcome.signals) == ("ended", [])
    assert f"({os.getpid()}) has to reap" in outcome.explanation


def test_a_stopped_process_is_ended_at_once(context):
    with victim() as child:
        os.kill(child.pid, 19)
        until(lambda: state(child.pid) == "T")
        outcome = kill(context, pid=str(child.pid), yes=True)
        assert (outcome.outcome, outcome.signals) == ("ended", ["SIGTERM", "SIGCONT"])
        assert outcome.seconds < 1


def test_the_question_shows_the_target_and_no_is_no(context):
    with victim("children") as child:
        asker = Answers(confirms=False)
        outcome = kill(context, pid=str(child.pid), asker=asker)
        assert outcome.outcome == "cancelled"
        assert outcome.exit_status != 0
        assert asker.asked == [("end", child.pid, 5)]
        assert is_alive(child.pid)


def test_one_that_ends_while_it_is_asked_about_gets_no_signal(context):
    with victim() as child:
        outcome = kill(
            context, pid=str(child.pid), asker=Answers(meanwhile=lambda: (child.kill(), child.wait()))
        )
        assert (outcome.outcome, outcome.signals) == ("ended", [])


def test_one_that_becomes_another_program_while_it_is_asked_about_is_refused(context, tmp_path):
    flag = tmp_path / "go"
    child = subprocess.Popen(["/bin/sh", "-c", f"while [ ! -e {flag} ]; do :; done; exec sleep 60"])

    def become():
        flag.touch()
        until(lambda: Path(f"/proc/{child.pid}/comm").read_text() == "sleep\n")

    try:
        outcome = kill(context, pid=str(child.pid), asker=Answers(meanwhile=become))
        assert (outcome.outcome, outcome.signals) == ("refused", [])
        assert "another program" in outcome.refused_because
    finally:
        child.kill()
        child.wait()


def test_an_interrupt_at_the_question_cancels(context):
    def interrupt():
        raise KeyboardInterrupt

    with victim() as child:
        outcome = kill(context, pid=str(child.pid), asker=Answers(meanwhile=interrupt))
        assert (outcome.outcome, outcome.exit_status) == ("cancelled", 130)
        assert is_alive(child.pid)
    assert records(context)[-1]["metadata"]["interrupted"]


def test_what_cannot_be_recorded_is_not_done(context):
    (context.root / "docs").write_text("in the way of the log")
    with victim() as child:
        outcome = kill(context, pid=str(child.pid), yes=True)
        assert (outcome.outcome, outcome.exit_status) == ("refused", 4)
        assert "off the record" in outcome.refused_because
        assert is_alive(child.pid)


def test_a_dry_run_signals_nothing(context):
    with victim() as child:
        outcome = kill(context, pid=str(child.pid), dry_run=True)
        assert (outcome.outcome, outcome.signals) == ("cancelled", [])
        assert is_alive(child.pid)


def test_children_left_behind_are_told(context):
    with victim("children") as child:
        outcome = kill(context, pid=str(child.pid), yes=True)
        assert (outcome.outcome, outcome.children_left) == ("ended", 5)


@pytest.mark.parametrize("force", [True, False])
def test_a_tree_is_ended_whole(context, force):
    with victim("children", marker := f"tree-{os.getpid()}-{force}") as child:
        assert len(with_marker(marker)) == 6
        outcome = kill(context, pid=str(child.pid), yes=True, force=force, reason="a test", tree=True)
        assert (outcome.outcome, outcome.processes, outcome.survivors) == ("ended", 6, [])
        until(lambda: not with_marker(marker))


def test_a_tree_that_forks_all_the_time_leaves_no_survivor(context):
    with victim("forking", marker := f"forking-{os.getpid()}") as child:
        outcome = kill(context, pid=str(child.pid), yes=True, force=True, reason="a test", tree=True)
        assert outcome.outcome == "ended"
        assert outcome.processes > 20
        until(lambda: not with_marker(marker))


def test_a_tree_with_a_protected_member_is_left_running(context):
    guarded = context.but(settings=Settings(process=Process(protected_names="sleep")))
    child = subprocess.Popen(["/bin/sh", "-c", "sleep 60 & sleep 60 & wait"])
    try:
        until(lambda: len(LiveReading().scan.children().get(child.pid, [])) == 2)
        outcome = kill(guarded, pid=str(child.pid), yes=True, tree=True)
        assert outcome.outcome == "refused"
        assert "below it, process" in outcome.refused_because
        assert state(child.pid) == "S"
    finally:
        kill(context, pid=str(child.pid), yes=True, force=True, reason="clean-up", tree=True)
        child.wait()


def test_an_interrupt_in_the_middle_of_a_tree_leaves_nothing_stopped(context, monkeypatch):
    from codesentinel.operations.process import kill_tree

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(kill_tree, "_ended", interrupted)
    with victim("children") as child:
        outcome = kill(context, pid=str(child.pid), yes=True, tree=True)
        assert (outcome.outcome, outcome.exit_status) == ("alive", 130)
        family = [child.pid, *LiveReading().scan.children()[child.pid]]
        until(lambda: all(state(pid) == "S" for pid in family))


def test_the_intent_is_on_disk_even_when_we_are_killed_the_moment_the_signal_leaves(context):
    """A command that dies at once with its target: the log must already tell who did it."""
    with victim("idle") as child:
        script = (
            "import os, sys, signal\n"
            "from codesentinel.cli.main import main\n"
            "from codesentinel.act.terminate import Target\n"
            "send = Target.send\n"
            "def and_die(self, name):\n"
            "    send(self, name)\n"
            "    os.kill(os.getpid(), signal.SIGKILL)\n"
            "Target.send = and_die\n"
            f"main(['--workspace', {str(context.root)!r}, 'memory', 'process', 'kill', '--pid', '{child.pid}', '--yes'])\n"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
        assert done.returncode == -9
        assert child.wait(5) == -15
    [intent] = records(context)
    assert (intent["metadata"]["phase"], intent["metadata"]["pid"]) == ("intent", child.pid)
