"""Processes to be watched and killed: each says when it is ready, and is always ended with its test."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time

READY = "import sys, time, os, signal; "
KINDS = {
    "idle": "sys.stdout.write('r'); sys.stdout.flush(); time.sleep(60)",
    "ignoring": "signal.signal(15, signal.SIG_IGN); sys.stdout.write('r'); sys.stdout.flush(); time.sleep(60)",
    "blocking": "signal.pthread_sigmask(0, [15]); sys.stdout.write('r'); sys.stdout.flush(); time.sleep(60)",
    "slow": (
        "signal.signal(15, lambda *_: (time.sleep(0.3), os._exit(0)));"
        "sys.stdout.write('r'); sys.stdout.flush(); time.sleep(60)"
    ),
    "spinning": "sys.stdout.write('r'); sys.stdout.flush()\nwhile True: pass",
    "zombie": "sys.stdout.write('r'); sys.stdout.flush(); os._exit(0)",
    "children": (
        "[os.fork() == 0 and (time.sleep(60), os._exit(0)) for _ in range(5)];"
        "sys.stdout.write('r'); sys.stdout.flush(); time.sleep(60)"
    ),
    # A vfork parent waits uninterruptibly (state D) until its child is done with the shared memory.
    "vfork": (
        "import ctypes; sys.stdout.write('r'); sys.stdout.flush();"
        "subprocess = __import__('subprocess'); libc = ctypes.CDLL(None);"
        "libc.syscall(58) or libc.pause()"
    ),
    "forking": (
        "n = 0\n"
        "while n < 400:\n"
        "    n += 1\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        if n % 4 == 0: os.fork()\n"
        "        time.sleep(60); os._exit(0)\n"
        "    if n == 20: sys.stdout.write('r'); sys.stdout.flush()\n"
        "time.sleep(60)"
    ),
}


@contextlib.contextmanager
def victim(kind="idle", *arguments):
    """A process of this kind, ready; it and what it left in its session is ended afterwards."""
    child = subprocess.Popen(
        [sys.executable, "-c", READY + KINDS[kind], *arguments],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        assert child.stdout.read(1) == b"r"
        if kind == "zombie":
            until(lambda: state(child.pid) == "Z")
        yield child
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.stdout.close()
        child.wait(10)


def state(pid):
    """The letter of proc_pid_stat(5); empty where there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0].decode()
    except OSError:
        return ""


def is_alive(pid):
    return state(pid) not in ("", "Z", "X")


def until(condition, seconds=10.0):
    """Wait for it, or fail."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.002)


def with_marker(marker):
    """The ids of living processes whose command line holds ``marker``."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdecimal():
            with contextlib.suppress(OSError), open(f"/proc/{name}/cmdline", "rb") as file:
                if marker.encode() in file.read() and is_alive(int(name)):
                    found.append(int(name))
    return found
