"""The ten faults, each switched on and off while the service runs, and the cause of each."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

GROUPS = Path("/sys/fs/cgroup")
_PERIOD_US = 100_000


class Cannot(Exception):
    """The fault cannot be made on this machine; says why."""


@dataclass
class Lab:
    """What a fault may lay hands on."""

    port: int
    pid: int
    backend: tuple[str, int]
    link: subprocess.Popen[str]
    group: str
    folder: Path
    begun: tuple[float, float] = (0.0, 0.0)
    cores: list[float] = field(default_factory=list)

    def service(self, **faults: object) -> None:
        self._send(("127.0.0.1", self.port), "PUT", "/fault", json.dumps(faults))

    def slow_backend(self, seconds: float) -> None:
        self._send(self.backend, "GET", f"/slow?{seconds}")

    def delay(self, seconds: float) -> None:
        assert self.link.stdin is not None
        self.link.stdin.write(f"{seconds}\n")
        self.link.stdin.flush()

    def _send(self, to: tuple[str, int], method: str, path: str, body: str | None = None) -> None:
        for _ in range(20):  # a service that is starved or throttled answers when it can
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection(*to, timeout=10)
                connection.request(method, path, body=body)
                connection.getresponse().read()
                return
            time.sleep(0.2)
        raise Cannot(f"{to} does not take {method} {path}")

    def write(self, controller: str, file: str, value: str) -> None:
        try:
            (GROUPS / controller / self.group / file).write_text(value)
        except OSError as exc:
            raise Cannot(f"{controller}/{file}: {exc.strerror}") from exc

    def read(self, controller: str, file: str) -> str:
        try:
            return (GROUPS / controller / self.group / file).read_text()
        except OSError as exc:
            raise Cannot(f"{controller}/{file}: {exc.strerror}") from exc


@dataclass(frozen=True)
class Fault:
    """``causes`` are the names of which one should be ranked first."""

    causes: tuple[str, ...]
    how: str
    on: Callable[[Lab], None]
    off: Callable[[Lab], None]


def _of_service(causes: tuple[str, ...], how: str, off: dict[str, object], **on: object) -> Fault:
    return Fault(causes, how, lambda lab: lab.service(**on), lambda lab: lab.service(**off))


def _throttle_disk(lab: Lab) -> None:
    lab.write("blkio", "blkio.throttle.write_iops_device", f"{_disk(lab.folder)} 40")


def _free_disk(lab: Lab) -> None:
    lab.write("blkio", "blkio.throttle.write_iops_device", f"{_disk(lab.folder)} 0")


def _disk(folder: Path) -> str:
    """The whole disk that a folder lies on: partitions are not throttled."""
    number = folder.stat().st_dev
    device = Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}")
    if not device.exists():
        raise Cannot(f"{folder} lies on no disk")
    whole = device.resolve().parent if (device / "partition").exists() else device
    return (whole / "dev").read_text().strip()


def _squeeze_memory(lab: Lab) -> None:
    used = {line.split()[0]: int(line.split()[1]) for line in lab.read("memory", "memory.stat").splitlines()}
    anonymous = used["rss"]
    lab.write("memory", "memory.limit_in_bytes", str(anonymous + (14 << 20)))


def _release_memory(lab: Lab) -> None:
    lab.write("memory", "memory.limit_in_bytes", "-1")


def _limit_cpu(lab: Lab) -> None:
    """A quota a little below what the service used while nothing was wrong, whatever the machine's speed."""
    if not lab.cores:
        used, alive = cpu_and_age(lab.pid)
        lab.cores.append((used - lab.begun[0]) / (alive - lab.begun[1]))
    lab.write("cpu", "cpu.cfs_quota_us", str(max(int(_PERIOD_US * 0.9 * lab.cores[0]), 1000)))


def cpu_and_age(pid: int) -> tuple[float, float]:
    """CPU time of a process, and for how long it has lived, in seconds."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    tick = os.sysconf("SC_CLK_TCK")
    age = float(Path("/proc/uptime").read_text().split()[0]) - int(words[19]) / tick
    return (int(words[11]) + int(words[12])) / tick, age


def _unlimit_cpu(lab: Lab) -> None:
    lab.write("cpu", "cpu.cfs_quota_us", "-1")


FAULTS: dict[str, Fault] = {
    "busy loop": _of_service(("cpu",), "a thread of the service spins", {"spin": False}, spin=True),
    "lock contention": _of_service(
        ("lock",), "a job holds the lock that every request takes", {"hold_lock": False}, hold_lock=True
    ),
    "gc churn": _of_service(
        ("gc",),
        "requests make cycles and collect a heap of 500,000 objects",
        {"garbage": False},
        garbage=True,
    ),
    "slow disk": Fault(
        ("disk",), "the service's writes are throttled to 40 a second (blkio)", _throttle_disk, _free_disk
    ),
    "small pool": _of_service(("pool",), "1 connection instead of 16", {"pool": 16}, pool=1),
    "memory pressure": Fault(
        ("memory",),
        "the memory limit is lowered below what the service maps",
        _squeeze_memory,
        _release_memory,
    ),
    "cpu quota": Fault(
        ("throttling",), "a quota of nine tenths of what it uses (cfs)", _limit_cpu, _unlimit_cpu
    ),
    "slow dependency": Fault(
        ("dependency",),
        "the backend takes 90 ms instead of 30",
        lambda lab: lab.slow_backend(0.09),
        lambda lab: lab.slow_backend(0.03),
    ),
    "network delay": Fault(
        ("network",),
        "30 ms each way between the network namespaces of service and backend",
        lambda lab: lab.delay(0.03),
        lambda lab: lab.delay(0.0),
    ),
    "log flood": _of_service(
        ("log",), "1,500 records a request instead of one", {"log_records": 1}, log_records=1500
    ),
}
