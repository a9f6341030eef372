"""How a stack begins and ends, in workspaces of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import time

import pytest

from codesentinel.model.service import PORTS
from servers import eventually
from stack_under_test import Stack, is_alive

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("lifecycle")]


@pytest.fixture
def stack(tmp_path):
    """A workspace in which nothing runs yet."""
    stack = Stack(tmp_path / "workspace")
    yield stack
    stack.down()


def processes(stack):
    """The supervisor and all that it started."""
    state = stack.state()
    return [state["supervisor_pid"], *(s["pid"] for s in state["services"] if s["pid"])]


def test_a_killed_supervisor_leaves_no_child_and_no_gap(stack):
    stack.up("--no-demo")
    selector = 'up{job="node-exporter"}'
    eventually(lambda: len(stack.sample_times("prometheus", f"{selector}[30s]")) > 3)
    before = stack.sample_times("prometheus", f"{selector}[30s]")
    pids = processes(stack)
    os.kill(pids[0], signal.SIGKILL)
    eventually(lambda: not any(is_alive(pid) for pid in pids), within=5)
    assert stack.run("status").returncode == 3

    stack.up("--no-demo")
    eventually(lambda: before <= stack.sample_times("victoria-metrics", f"{selector}[5m]"), within=15)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_up_in_the_foreground_shows_findings_and_ends_all_it_started(stack, number):
    process = stack.popen("up", "--no-demo")
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "serving until Ctrl-C" in line:
            break
    output = "".join(lines)
    assert "ready: supervised by pid" in output
    assert "targets are up" in output
    pids = processes(stack)
    os.killpg(process.pid, number)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert rest.endswith("stopped\n")
    assert not any(is_alive(pid) for pid in pids)
    assert [e["activity"]["action"] for e in stack.events("stack")][-3:] == ["started", "stopped", "stack.up"]


def test_down_stops_everything_and_again_says_that_nothing_ran(stack):
    stack.up("--no-demo")
    pids = processes(stack)
    assert stack.data("down") == {"stopped": True}
    assert not any(is_alive(pid) for pid in pids)
    assert stack.data("down") == {"stopped": False}
    assert stack.run("status").returncode == 3


def test_a_busy_port_is_named_with_its_holder_and_the_way_out(stack):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", PORTS["pushgateway"] + stack.offset))
        busy.listen()
        done = stack.run("up", "--json")
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert error["kind"] == "port_in_use"
    assert f"port {PORTS['pushgateway'] + stack.offset}, for pushgateway, is held by" in error["message"]
    assert f"(pid {os.getpid()})" in error["message"]
    assert "--port-offset" in error["hint"]


@pytest.mark.parametrize("words", [[], ["--detach"]])
def test_a_server_that_cannot_start_is_named_with_its_last_words(stack, words):
    broken = stack.root / "broken"
    broken.write_text("#!/bin/sh\necho 'this server is broken' >&2\nexit 3\n")
    broken.chmod(0o755)
    stack.environment["CODESENTINEL_STACK_PUSHGATEWAY_PATH"] = str(broken)
    began = time.monotonic()
    done = stack.run("up", "--no-demo", *words)
    assert done.returncode == 1
    assert done.stderr.count("codesentinel: ") == 1
    assert "pushgateway did not start: exit status 3; it said: this server is broken" in done.stderr
    assert "Traceback" not in done.stderr
    assert time.monotonic() - began < 20
    assert not any(is_alive(pid) for pid in processes(stack))


def test_a_configured_program_that_is_none_is_told(stack):
    stack.environment["CODESENTINEL_STACK_PROMETHEUS_PATH"] = "/no/such/program"
    done = stack.run("up")
    assert done.returncode == 3
    assert "stack.prometheus_path names no program: /no/such/program" in done.stderr


def test_status_and_down_do_not_take_a_reused_pid_for_the_supervisor(stack):
    file = stack.root / ".codesentinel/stack/state.json"
    file.parent.mkdir(parents=True)
    state = {
        "supervisor_pid": os.getpid(),
        "start_ticks": 1,
        "started_at": 0,
        "ready": True,
        "port_offset": 0,
    }
    file.write_text(json.dumps(state | {"services": []}))
    assert stack.run("status").returncode == 3
    assert stack.data("down") == {"stopped": False}


def test_a_workspace_that_cannot_be_written_is_told(stack):
    (stack.root / ".codesentinel").write_text("in the way")
    done = stack.run("up")
    assert done.returncode == 2
    assert "the workspace cannot be written: " in done.stderr
    assert "--workspace" in done.stderr
    assert "Traceback" not in done.stderr
    (stack.root / ".codesentinel").unlink()


def test_a_settings_file_that_was_named_holds_for_everything_that_is_started(stack):
    (stack.root / "mine.toml").write_text('[agent]\nid = "from-the-named-file"\n')
    done = stack.run("--config", "mine.toml", "up", "--detach", "--no-demo")
    assert done.returncode == 0, done.stderr
    for service in stack.state()["services"]:
        if service["name"] == "codesentinel":
            with open(f"/proc/{service['pid']}/cmdline") as command:
                assert "mine.toml" in command.read()
    stack.down()
    assert {e["agent_id"] for e in stack.events("stack") if e["activity"]["action"] == "started"} == {
        "from-the-named-file"
    }
