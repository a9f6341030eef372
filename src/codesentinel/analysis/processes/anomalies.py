"""All detectors over one history."""

from __future__ import annotations

from codesentinel.analysis.processes import cpu, leaks, programs, resources, starts, states
from codesentinel.model.finding import ranked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codesentinel.analysis.processes.limits import Thresholds
    from codesentinel.model.finding import Finding
    from codesentinel.model.process_sample import History

    Detector = Callable[[History, Thresholds], Iterator[Finding]]

DETECTORS: tuple[Detector, ...] = (
    cpu.runaways,
    leaks.leaks,
    states.zombies,
    states.stuck,
    states.stopped,
    starts.fork_storms,
    starts.restart_loops,
    programs.programs,
    resources.near_fd_limit,
    resources.out_of_memory_risk,
    resources.unusual_for_its_command,
    resources.thresholds,
)
_IMPLIED = {"process-cpu-threshold": "process-runaway", "process-memory-threshold": "process-memory-leak"}


def anomalies(history: History, limits: Thresholds) -> tuple[Finding, ...]:
    """What needs attention, most urgent first; a plain threshold says nothing beside its explanation."""
    found = [finding for detect in DETECTORS for finding in detect(history, limits)]
    told = {finding.id for finding in found}
    return ranked(
        finding for finding in found if f"{_IMPLIED.get(finding.kind, '')}:{finding.subject}" not in told
    )
