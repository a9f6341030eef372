"""One run of the lab: start everything, sample once a second, end everything. Runs in a PID namespace.

Usage: python lab.py FOLDER FOLDER_IN_SHARED_MEMORY SEED SECONDS DELAY
Writes the samples as the recorder does, and ``started.json``: pid to kind and the moment it was started.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

from codesentinel.capture.process_sampler import Sampler
from codesentinel.store.process_samples import SampleWriter

WORK = Path(__file__).with_name("work.py")
FAULTS = {
    "spin": 2, "spin_nice": 1, "spin_threads": 1, "memory_leak": 2, "memory_leak_with_noise": 2,
    "fd_leak": 2, "fd_near_limit": 1, "thread_leak": 2, "zombies": 2, "fork_storm": 1, "restart_loop": 2,
    "stuck": 2, "stopped": 2, "program_deleted": 1, "program_in_shared_memory": 1, "program_in_memory": 1,
    "false_kernel_thread": 1,
}  # fmt: skip
NORMALS = {
    "idle": 6, "periodic": 5, "busy_half": 1, "batch": 2, "warm_up": 3, "saw_tooth": 4, "lazy_load": 2,
    "big_static": 1, "fork_pool": 2, "worker_pool": 2, "fd_bursts": 3, "many_fds": 1, "thread_pool": 3,
    "writer": 2, "shell_loop": 2, "shell_pipes": 1, "late_reaper": 2, "slow_growth": 2, "connections": 2,
    "suspended_shortly": 1,
}  # fmt: skip


def main(folder: str, shared_memory: str, seed: int, seconds: float, delay: float) -> None:
    """Start, sample, end."""
    kinds = [f"fault_{kind}" for kind, count in FAULTS.items() for _ in range(count)]
    kinds += [f"normal_{kind}" for kind, count in NORMALS.items() for _ in range(count)]
    random.Random(seed).shuffle(kinds)
    environment = {**os.environ, "LAB_FOLDER": folder, "LAB_SHARED_MEMORY": shared_memory}
    started = {}
    for number, kind in enumerate(kinds):
        moment = time.time()
        child = subprocess.Popen(
            [sys.executable, "-S", "-E", WORK, kind, str(seed * 1000 + number), str(delay)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        started[child.pid] = (kind, moment)
    Path(folder, "started.json").write_text(json.dumps(started))
    sampler = Sampler()
    writer = SampleWriter(folder, retention_seconds=1e9, most_bytes=10**12)
    began = time.monotonic()
    cpu = time.process_time()
    number = 0
    while time.monotonic() - began < seconds:
        writer.write(sampler.sample())
        number += 1
        time.sleep(max(0.0, began + number - time.monotonic()))
    Path(folder, "cost").write_text(f"{(time.process_time() - cpu) / number}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5]))
