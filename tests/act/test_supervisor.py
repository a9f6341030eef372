"""The supervisor with small programs: order, restarts, backoff, and that nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from codesentinel.act.child import exit_words
from codesentinel.act.services import Supervisor
from codesentinel.act.single import end, only_one, start_ticks
from codesentinel.act.stop_signals import stop_signals
from codesentinel.model.errors import AlreadyRunning, Failed, UsageError
from codesentinel.model.service import Service
from servers import eventually, free_port
from stack_under_test import is_alive

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
STUBBORN = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, 1); print('deaf', flush=True); time.sleep(60)",
)


def supervisor(tmp_path, *services, **more):
    return Supervisor(
        services, logs=tmp_path, ready_timeout_seconds=more.pop("ready_timeout_seconds", 10), **more
    )


def service(name="s", argv=SLEEP, **more):
    return Service(name, argv, env=dict(os.environ), **more)


def test_services_stop_in_reverse_order(tmp_path):
    note = f"import signal, sys, time; signal.signal(15, lambda *_: (open({str(tmp_path / 'order')!r}, 'a').write(sys.argv[1]), sys.exit())); open({str(tmp_path)!r} + '/up-' + sys.argv[1], 'w'); time.sleep(60)"
    names = ["a", "b", "c"]
    running = supervisor(tmp_path, *(service(n, (sys.executable, "-c", note, n)) for n in names))
    running.start()
    eventually(lambda: all((tmp_path / f"up-{n}").exists() for n in names))
    running.stop()
    assert (tmp_path / "order").read_text() == "cba"
    assert {s.state for s in running.states} == {"stopped"}


def test_one_that_ignores_sigterm_is_killed_after_its_grace(tmp_path):
    running = supervisor(tmp_path, service(argv=STUBBORN, stop_grace_seconds=0.3))
    running.start()
    pid = running.states[0].pid
    eventually(lambda: "deaf" in (tmp_path / "s.log").read_text())
    began = time.monotonic()
    running.stop()
    assert 0.3 <= time.monotonic() - began < 3
    assert not is_alive(pid)


def test_one_that_keeps_dying_is_restarted_with_growing_delays(tmp_path):
    restarted = []
    dying = service(
        argv=(
            sys.executable,
            "-S",
            "-c",
            f"import time; open({str(tmp_path / 'births')!r}, 'a').write('x'); time.sleep(0.15)",
        )
    )
    running = supervisor(tmp_path, dying, on_restart=restarted.append)
    end_at = time.monotonic() + 3
    running._running[0].start()
    running.watch(lambda: time.monotonic() > end_at)
    running.stop()
    births = len((tmp_path / "births").read_text())
    assert 3 <= births <= 5  # after 0.2, 0.4, 0.8, 1.6 s
    assert restarted
    assert restarted[0].last_exit == "exit status 0"


def test_one_that_never_answers_is_named_and_nothing_is_left(tmp_path):
    silent = service("silent", port=free_port())
    running = supervisor(tmp_path, service("fine"), silent, ready_timeout_seconds=0.5)
    pids = []
    with pytest.raises(Failed, match=r"not ready after 0\.5 s: silent"):
        running.start(lambda: pids.extend(s.pid for s in running.states if s.pid) and False)
    assert pids
    assert not any(is_alive(pid) for pid in pids)


def test_one_that_ends_at_once_is_named_with_its_last_words(tmp_path):
    with pytest.raises(Failed, match="broken did not start: exit status 3; it said: no such luck"):
        supervisor(
            tmp_path, service("broken", ("/bin/sh", "-c", "echo no such luck; exit 3"), port=free_port())
        ).start()


def test_a_child_dies_with_its_parent_whatever_kills_it(tmp_path):
    script = (
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from codesentinel.act.child import spawn\n"
        "from codesentinel.model.service import Service\n"
        "child = spawn(Service('c', (sys.executable, '-c', 'import time; time.sleep(60)'), env=dict(os.environ)), Path(sys.argv[1]) / 'c.log')\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    child = int(parent.stdout.readline())
    assert is_alive(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    eventually(lambda: not is_alive(child), within=5)


def test_stop_signals_only_set_a_flag_and_are_put_back():
    before = signal.getsignal(signal.SIGTERM)
    with stop_signals() as stopping:
        assert not stopping()
        os.kill(os.getpid(), signal.SIGTERM)
        eventually(stopping)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_lock_that_leads_elsewhere_empties_nothing(tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("do not touch")
    (tmp_path / "lock").symlink_to(precious)
    with pytest.raises(UsageError, match="cannot be written"), only_one(tmp_path / "lock"):
        pass
    assert precious.read_text() == "do not touch"


def test_the_lock_is_held_by_one_and_let_go_when_its_holder_dies(tmp_path):
    lock = tmp_path / "lock"
    with only_one(lock):
        other = f"from pathlib import Path\nfrom codesentinel.act.single import only_one\nwith only_one(Path({str(lock)!r})): pass"
        done = subprocess.run([sys.executable, "-c", other], capture_output=True, text=True, check=False)
        assert "AlreadyRunning" in done.stderr
    with only_one(lock):
        pass
    with only_one(lock), pytest.raises(AlreadyRunning, match="already running"), only_one(lock):
        pass


def test_only_the_process_that_is_meant_is_ended():
    process = subprocess.Popen(SLEEP)
    ticks = start_ticks(process.pid)
    assert end(process.pid, ticks + 1, within_seconds=1) is False
    assert process.poll() is None
    assert end(process.pid, ticks, within_seconds=5) is True
    assert process.wait(5) == -signal.SIGTERM
    assert end(process.pid, ticks, within_seconds=1) is False
    assert start_ticks(process.pid) is None


def test_one_that_will_not_end_is_told(tmp_path):
    process = subprocess.Popen(STUBBORN, stdout=subprocess.PIPE)
    process.stdout.readline()
    with pytest.raises(Failed, match=r"still runs 0.2 s after it was asked to stop"):
        end(process.pid, start_ticks(process.pid), within_seconds=0.2)
    process.kill()
    process.wait()
    process.stdout.close()


def test_ends_are_told_in_words():
    assert exit_words(3) == "exit status 3"
    assert exit_words(-9) == "killed by SIGKILL"
    assert exit_words(-200) == "killed by signal 200"
