"""What runs, rather than how: programs that are gone or lie where anybody can write, and false names."""

from __future__ import annotations

from codesentinel.analysis.processes.finding import about
from codesentinel.model.finding import Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.analysis.processes.limits import Thresholds
    from codesentinel.model.finding import Finding
    from codesentinel.model.process_sample import History

_PUBLIC = ("/tmp/", "/var/tmp/", "/dev/shm/")  # noqa: S108 - places to look at, not to write to
_KERNEL_NAMES = (
    "kworker/", "ksoftirqd/", "kthreadd", "migration/", "rcu_sched", "rcu_preempt", "rcu_par_gp", "kswapd",
    "kdevtmpfs", "khugepaged", "kcompactd", "kauditd", "kblockd", "jbd2/", "watchdogd", "oom_reaper", "irq/",
)  # fmt: skip


def programs(history: History, _: Thresholds) -> Iterator[Finding]:
    """Each process at the last sample; no history is needed."""
    for one, series in history.alive():
        process = one.process
        if process.is_kernel_thread:
            continue
        since = series[0][0] if len(series) > 1 else None
        if process.name.lstrip("[").startswith(_KERNEL_NAMES):
            yield about(
                one,
                "false-kernel-thread",
                Severity.P1,
                "has the name of a kernel thread and is none",
                "find out who started it: `codesentinel memory process tree --pid PID`; malware hides so"
                " (MITRE ATT&CK T1036.004)",
                since=since,
                evidence={"exe": one.exe},
            )
        if one.exe.startswith("/memfd:"):
            yield about(
                one,
                "program-in-memory",
                Severity.P2,
                "runs a program that lies in memory alone and in no file",
                "make sure that you know what started it: `codesentinel memory process tree --pid PID`",
                since=since,
                evidence={"exe": one.exe},
            )
        elif one.exe.endswith(" (deleted)"):
            yield about(
                one,
                "program-deleted",
                Severity.INFO,
                "runs a program whose file was replaced or deleted since",
                "restart it to run what is installed now; if nothing was upgraded, find out who deleted it",
                since=since,
                evidence={"exe": one.exe},
            )
        elif one.exe.startswith(_PUBLIC):
            yield about(
                one,
                "program-in-public-folder",
                Severity.P2,
                "runs a program from a folder that everybody may write to",
                "make sure that you know where that program is from",
                since=since,
                evidence={"exe": one.exe},
            )
