"""What the processes do that are attacked and watched: ``python -m ...calamum.victim KIND [WORDS]``.

A fault waits for DELAY seconds, given by the environment, before it begins. Each says ``ready`` once it is
what it is to be, and none outlives the one that started it.
"""

from __future__ import annotations

import ctypes
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

_PR_SET_NAME, _PR_SET_PDEATHSIG = 15, 1
_FOREVER = float("inf")
_PAGE = b"\xa5" * 4096
chance = random.Random(0)  # noqa: S311 - how a fault behaves is no secret


def main() -> None:
    """Become what the first word says."""
    kind, words = sys.argv[1], sys.argv[2:]
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    chance.seed(int(os.environ.get("CALAMUM_SEED", "0")))
    KINDS[kind](*words)


def ready() -> None:
    """Tell the one who started us, then wait until the fault is due."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    time.sleep(float(os.environ.get("CALAMUM_DELAY", "0")))


def sleep(*_: str) -> None:
    """Do nothing, and end at SIGTERM."""
    ready()
    while True:
        time.sleep(60)


def named(name: str) -> None:
    """Do nothing under another name, as every process may."""
    ctypes.CDLL(None).prctl(_PR_SET_NAME, os.fsencode(name), 0, 0, 0)
    sleep()


def named_program(name: str) -> None:
    """Do nothing as a program whose file has this name."""
    os.makedirs("programs", exist_ok=True)
    path = shutil.copy(str(shutil.which("sleep")), os.path.join("programs", name))
    ready()
    os.execv(path, [name, "3600"])  # noqa: S606


def command(*words: str) -> None:
    """Become a command of the user's, that says nothing to anybody."""
    ready()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nowhere, number)
    os.execv(words[0], words)  # noqa: S606


def ignore_term() -> None:
    """Do nothing, and take no notice of SIGTERM."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sleep()


def witness(log: str, out: str) -> None:
    """At SIGTERM write down whether the log already says that we are to be ended."""

    def look(*_: object) -> None:
        with open(log, encoding="utf-8") as file:
            known = any('"process_kill"' in line and f'"pid":{os.getpid()}' in line for line in file)
        with open(out, "w", encoding="ascii") as file:
            file.write("recorded before" if known else "not recorded before")
        os._exit(0)

    signal.signal(signal.SIGTERM, look)
    sleep()


def tree() -> None:
    """Have two children, one of which has one."""
    for depth in (1, 0):
        if os.fork() == 0:
            if depth and os.fork():
                time.sleep(3600)
            time.sleep(3600)
            os._exit(0)
    sleep()


def zombie() -> None:
    """Have a dead child that nobody collects."""
    if os.fork() == 0:
        os._exit(0)
    sleep()


def zombies() -> None:
    """Leave behind dead children, again and again."""
    ready()
    while True:
        if os.fork() == 0:
            os._exit(0)
        time.sleep(0.1)


def spin() -> None:
    """Use a core."""
    ready()
    while True:
        sum(range(2000))


def spin_nice() -> None:
    """Use what others leave of a core."""
    os.nice(10)
    spin()


def burst() -> None:
    """Work for some seconds, then rest: nothing is wrong."""
    ready()
    while True:
        end = time.monotonic() + chance.uniform(1, 3)
        while time.monotonic() < end:
            sum(range(2000))
        time.sleep(chance.uniform(4, 8))


def build() -> None:
    """Start one short child after another, as a build does: nothing is wrong."""
    ready()
    for number in range(10_000):
        subprocess.run([sys.executable, "-c", f"sum(range({number}))"], check=False)
        time.sleep(0.3)


def cache() -> None:
    """Fill a cache and keep it: nothing is wrong."""
    ready()
    held = [bytearray(_PAGE * 64) for _ in range(200)]
    while held:
        time.sleep(1)


def leak_memory() -> None:
    """Keep more and more memory."""
    ready()
    kept = []
    while True:
        kept.append(_PAGE * chance.randint(200, 300))
        time.sleep(0.2)


def leak_descriptors() -> None:
    """Open files and close none."""
    ready()
    kept = []
    while True:
        kept.append(os.open("/dev/null", os.O_RDONLY))
        time.sleep(0.3)


def leak_threads() -> None:
    """Start threads that end never."""
    ready()
    while True:
        threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
        time.sleep(0.5)


def restart_loop() -> None:
    """Start the same child again and again, which ends at once."""
    ready()
    while True:
        subprocess.run(
            [sys.executable, "-S", "-c", "import time; time.sleep(0.8); raise SystemExit(1)"], check=False
        )
        time.sleep(chance.uniform(0.2, 0.5))


def fork_storm() -> None:
    """Start children as fast as it goes, each of which ends at once."""
    ready()
    while True:
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)


def stopped() -> None:
    """Stop, as a debugger or a full terminal does."""
    ready()
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(3600)


def fake_kernel_thread() -> None:
    """Look like a thread of the kernel."""
    ready()
    ctypes.CDLL(None).prctl(_PR_SET_NAME, b"kworker/0:1", 0, 0, 0)
    time.sleep(3600)


KINDS = {
    name: value for name, value in list(globals().items()) if callable(value) and value.__module__ == __name__
}

if __name__ == "__main__":
    main()
