"""Run inside a PID namespace of its own: gives one id to process after process, and tries to kill the wrong one.

Usage: unshare --user --map-root-user --pid --fork --mount-proc --kill-child python pid_reuse.py WORKSPACE TIMES
Prints one JSON object: how often each way was tried, how often an innocent died, and what was answered.
"""

from __future__ import annotations

import collections
import json
import os
import signal
import sys
import time

from codesentinel.capture.process_handle import kernel_numbers_processes
from codesentinel.config.settings import Settings
from codesentinel.operations.base import Context
from codesentinel.operations.process.kill import kill
from codesentinel.operations.process.permit import Asker
from codesentinel.operations.process.reading import LiveReading
from codesentinel.store.session_memory import SessionMemory

NUMBERED = kernel_numbers_processes()


def forked(pid=0):
    """A new process that waits; with exactly this id where one is given."""
    for _ in range(100):
        if pid:
            with open("/proc/sys/kernel/ns_last_pid", "w") as file:
                file.write(str(pid - 1))
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            while True:
                time.sleep(60)
        if pid in (0, child):
            return child
        end(child)
    raise SystemExit("the id could not be given again")


def end(pid):
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def reuse(pid):
    """End the process and give its id to an innocent one."""
    end(pid)
    if not NUMBERED:
        time.sleep(0.02)  # before Linux 6.9 a start in the same clock tick cannot be told apart
    assert forked(pid) == pid


def lives(pid):
    """Whether the innocent one got no signal."""
    time.sleep(0.002)
    return os.waitpid(pid, os.WNOHANG) == (0, 0)


class Meanwhile(Asker):
    """Says yes, after the id was given on."""

    def confirms(self, plan):
        reuse(plan.process.pid)
        return True


class LateMemory(SessionMemory):
    """Gives the id on at the last moment: when the intent is on disk and the signal not yet sent."""

    def log_domain_activity(self, domain, activity, *, durable=False):
        if activity["metadata"].get("phase") == "intent" and activity["metadata"]["reason"] == "late":
            reuse(activity["metadata"]["pid"])
        return super().log_domain_activity(domain, activity, durable=durable)


def main(workspace, times):
    context = Context(workspace, Settings(), LateMemory(workspace), lambda _: None)
    answers, wrong = collections.Counter(), 0
    for number in range(times):
        way = ("stale handle", "while asked", "after the record")[number % 3]
        pid = forked()
        reading = LiveReading()
        handle = str(reading.handle(reading.scan.processes[pid]))
        if way == "stale handle":
            reuse(pid)
            outcome = kill(context, pid=handle, yes=True)
        elif way == "while asked":
            outcome = kill(context, pid=handle, asker=Meanwhile())
        else:
            outcome = kill(context, pid=str(pid), yes=True, reason="late")
        answers[f"{way}: {outcome.outcome}"] += 1
        if lives(pid):
            end(pid)
        else:
            wrong += 1
    print(json.dumps({"times": times, "wrong": wrong, "answers": answers}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
