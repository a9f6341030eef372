"""Histories of processes with a known answer."""

from __future__ import annotations

from codesentinel.model.process import KERNEL_THREAD, Process
from codesentinel.model.process_sample import History, Host, Sample, Sampled

BEGAN = 1_700_000_000.0
GIB = 1 << 30


def process(
    pid=100,
    *,
    ppid=1,
    name="app",
    state="S",
    threads=1,
    rss=50 << 20,
    age=3600.0,
    ticks=None,
    kernel=False,
    faults=0,
):
    made = Process(
        pid, ppid, name, state, KERNEL_THREAD if kernel else 0, 1000, threads, 0.0, 0.0,
        pid if ticks is None else ticks, BEGAN - age, rss, 10 * rss, faults,
    )  # fmt: skip
    made.handle = f"{pid}:{made.start_ticks}-beef"
    return made


def sampled(one, cpu=0.0, **more):
    return Sampled(one, cpu_seconds=cpu, **{"waited_seconds": 0.0, "private_bytes": one.rss_bytes, **more})


def host(*, available=8 * GIB, total=16 * GIB, stall=0.0, starts=0):
    return Host(
        memory_bytes=total,
        available_bytes=available,
        memory_stall_ratio=stall,
        starts=starts,
        starts_wrap=32768,
        cores=2,
    )


def history(rows, *, step=1.0, hosts=None):
    """``rows``: for each moment a list of what was sampled."""
    coverage = {"read": 0, "vanished": 0, "unreadable": {}, "others_hidden": False}
    samples = [
        Sample(
            BEGAN + number * step,
            {one.process.pid: one for one in row},
            hosts[number] if hosts else host(),
            coverage,
        )
        for number, row in enumerate(rows)
    ]
    return History(samples)


def of_one(count, make, *, step=1.0, hosts=None):
    """A history of one process: ``make(number)`` gives what was sampled."""
    return history([[make(number)] for number in range(count)], step=step, hosts=hosts)
