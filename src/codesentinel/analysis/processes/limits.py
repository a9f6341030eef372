"""The thresholds of all detectors in one place: fixed on one run of the lab, tested on others."""

from __future__ import annotations

MIB = 1024 * 1024


class Thresholds:
    """What counts as an anomaly.

    The first three are what a user sets; the others were fixed on one run of ``benchmarks/process_lab``.

    Args:
        cpu_ratio: cores used over the window of the command.
        memory_ratio: share of the host's memory.
        min_runtime_seconds: younger processes are no anomaly by the two above: a gate, never a reason.
    """

    demand_ratio = 0.9
    demand_seconds = 20.0
    demand_cpu_seconds = 3.0
    window_samples = 8
    windows = 4
    leak_bytes = 3 * MIB
    leak_ratio = 0.05
    leak_fds = 16
    leak_threads = 8
    horizon_seconds = 86400.0
    zombies = 5
    zombie_seconds = 2.0
    starts_per_second = 100.0
    starts_seconds = 3.0
    restarts = 5
    restart_seconds = 20.0
    stuck_samples = 3
    stuck_seconds = 2.0
    stopped_seconds = 10.0
    fds_ratio = 0.8
    available_ratio = 0.03
    memory_stall_ratio = 0.10
    z = 6.0
    z_samples = 30
    z_host_ratio = 0.10

    def __init__(
        self, cpu_ratio: float = 0.8, memory_ratio: float = 0.25, min_runtime_seconds: float = 600.0
    ) -> None:
        self.cpu_ratio = cpu_ratio
        self.memory_ratio = memory_ratio
        self.min_runtime_seconds = min_runtime_seconds

    def as_document(self) -> dict[str, float]:
        """Every threshold by name, so that a finding can be checked."""
        fixed = {name: value for name, value in vars(Thresholds).items() if isinstance(value, int | float)}
        return {**fixed, **vars(self)}
