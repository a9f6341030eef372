"""What the lab's processes do: 17 faults, and the many ordinary things that look like one for a while.

Usage: python work.py KIND SEED DELAY
A fault behaves for DELAY seconds before it begins. Nothing here outlives the lab's PID namespace.
"""

from __future__ import annotations

import ctypes
import os
import random
import signal
import subprocess
import sys
import threading
import time

chance = random.Random()
PAGE = b"\xa5" * 4096


def spin(seconds=float("inf")):
    """Use a core."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sum(range(2000))


def duty(share, period=0.1):
    """Use a share of a core, for ever."""
    while True:
        spin(share * period)
        time.sleep((1 - share) * period)


def rename(name):
    """Put on another name, as prctl(PR_SET_NAME) lets everybody."""
    ctypes.CDLL(None).prctl(15, name.encode(), 0, 0, 0)


def spawn(*argv, **more):
    """A child with another program."""
    return subprocess.Popen(argv, **more)


# Faults


def fault_spin():
    spin()


def fault_spin_nice():
    os.nice(5)
    spin()


def fault_spin_threads():
    for _ in range(2):
        threading.Thread(target=spin, daemon=True).start()
    spin()


def fault_memory_leak():
    kept = []
    while True:
        kept.append(PAGE * chance.randint(60, 100))
        time.sleep(0.5)


def fault_memory_leak_with_noise():
    kept = []
    while True:
        kept.append(PAGE * 120)
        held = [PAGE * chance.randint(10, 400)]
        time.sleep(chance.uniform(0.2, 0.8))
        held.clear()


def fault_fd_leak():
    kept = []
    while True:
        kept.append(open(os.devnull))  # noqa: SIM115
        time.sleep(0.4)


def fault_fd_near_limit():
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))
    kept = [open(os.devnull) for _ in range(115)]  # noqa: SIM115
    time.sleep(1e6)
    kept.clear()


def fault_thread_leak():
    while True:
        threading.Thread(target=time.sleep, args=(1e6,), daemon=True).start()
        time.sleep(0.7)


def fault_zombies():
    for _ in range(8):
        if os.fork() == 0:
            os._exit(0)
        time.sleep(0.3)
    time.sleep(1e6)


def fault_fork_storm():
    while True:
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)


def fault_restart_loop():
    while True:
        spawn(sys.executable, "-S", "-c", "import time; time.sleep(0.6); raise SystemExit(1)").wait()
        time.sleep(chance.uniform(0.2, 0.5))


def fault_stuck():
    libc = ctypes.CDLL(None)
    if libc.syscall(58) == 0:  # vfork: the parent waits uninterruptibly until the child lets go
        libc.pause()


def fault_stopped():
    os.kill(os.getpid(), signal.SIGSTOP)


def _copied_sleep(folder):
    target = os.path.join(folder, f"worker-{os.getpid()}")
    with open("/bin/sleep", "rb") as source, open(target, "wb") as copy:
        copy.write(source.read())
    os.chmod(target, 0o700)
    return target


def fault_program_deleted():
    target = _copied_sleep(os.environ["LAB_FOLDER"])
    pid = os.fork()
    if pid == 0:
        os.execv(target, ["worker", "1000"])
    time.sleep(0.3)
    os.unlink(target)
    os.waitpid(pid, 0)


def fault_program_in_shared_memory():
    target = _copied_sleep(os.environ["LAB_SHARED_MEMORY"])
    pid = os.fork()
    if pid == 0:
        os.execv(target, ["worker", "1000"])
    try:
        os.waitpid(pid, 0)
    finally:
        os.unlink(target)


def fault_program_in_memory():
    fd = os.memfd_create("x", 0)
    with open("/bin/sleep", "rb") as source:
        os.write(fd, source.read())
    os.execv(f"/proc/self/fd/{fd}", ["sleep", "1000"])


def fault_false_kernel_thread():
    rename("kworker/0:1")
    time.sleep(1e6)


# Ordinary life


def normal_idle():
    time.sleep(1e6)


def normal_periodic():
    duty(chance.uniform(0.02, 0.15), 1.0)


def normal_busy_half():
    duty(0.35, 0.5)


def normal_batch():
    while True:
        time.sleep(chance.uniform(5, 20))
        spin(chance.uniform(3, 7))


def normal_warm_up():
    kept = []
    for _ in range(chance.randint(15, 25)):
        kept.append(PAGE * 500)
        time.sleep(0.5)
    duty(0.05, 1.0)
    kept.clear()


def normal_saw_tooth():
    while True:
        kept = []
        for _ in range(chance.randint(10, 30)):
            kept.append(PAGE * 200)
            time.sleep(0.3)


def normal_lazy_load():
    time.sleep(chance.uniform(5, 30))
    kept = PAGE * 20000
    time.sleep(1e6)
    del kept


def normal_big_static():
    kept = PAGE * 40000
    duty(0.02, 1.0)
    del kept


def normal_fork_pool():
    while True:
        children = [spawn("/bin/true") for _ in range(chance.randint(1, 4))]
        for child in children:
            child.wait()
        time.sleep(chance.uniform(0.5, 1.5))


def normal_worker_pool():
    """Workers that are replaced after some jobs, four at a time."""
    children = []
    while True:
        while len(children) < 4:
            children.append(spawn(sys.executable, "-S", "-c", "import time; time.sleep(9)"))
            time.sleep(0.2)
        children = [child for child in children if child.poll() is None]
        time.sleep(0.5)


def normal_fd_bursts():
    while True:
        held = [open(os.devnull) for _ in range(chance.randint(20, 120))]  # noqa: SIM115
        time.sleep(chance.uniform(0.3, 1.5))
        for file in held:
            file.close()
        time.sleep(chance.uniform(0.3, 1.5))


def normal_many_fds():
    held = [open(os.devnull) for _ in range(300)]  # noqa: SIM115
    duty(0.01, 1.0)
    held.clear()


def normal_thread_pool():
    while True:
        threads = [
            threading.Thread(target=time.sleep, args=(chance.uniform(0.5, 3),))
            for _ in range(chance.randint(2, 12))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def normal_writer():
    with open(os.path.join(os.environ["LAB_FOLDER"], f"log-{os.getpid()}"), "wb") as file:
        while True:
            file.write(PAGE * 16)
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            time.sleep(0.05)


def normal_shell_loop():
    os.execv("/bin/sh", ["sh", "-c", "while :; do sleep 1; done"])


def normal_shell_pipes():
    os.execv("/bin/sh", ["sh", "-c", "while :; do seq 200 | sort -r | tail -1 >/dev/null; sleep 0.7; done"])


def normal_late_reaper():
    """Children wait a little to be reaped, never many."""
    while True:
        children = [os.fork() for _ in range(2)]
        if 0 in children:
            os._exit(0)
        time.sleep(1.5)
        for child in children:
            os.waitpid(child, 0)


def normal_slow_growth():
    """Grows by less than anybody would call a leak."""
    kept = []
    while True:
        kept.append(PAGE * 2)
        time.sleep(1)


def normal_connections():
    """Connections come and go, their number drifting up and down."""
    held = []
    while True:
        step = chance.randint(-6, 6)
        for _ in range(abs(step)):
            if step > 0 and len(held) < 60:
                held.append(open(os.devnull))  # noqa: SIM115
            elif held:
                held.pop().close()
        time.sleep(0.5)


def normal_suspended_shortly():
    """Stopped for two seconds now and then, as a debugger or a checkpoint does."""
    if os.fork() == 0:
        parent = os.getppid()
        while True:
            time.sleep(chance.uniform(4, 8))
            os.kill(parent, signal.SIGSTOP)
            time.sleep(2)
            os.kill(parent, signal.SIGCONT)
    duty(0.05, 1.0)


def main(kind, seed, delay):
    """Wait, then do it."""
    chance.seed(f"{kind} {seed}")
    if kind.startswith("fault_"):
        time.sleep(delay)
    globals()[kind]()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
