"""Which processes misbehave: judged on what was recorded, and on a short look at what runs now."""

from __future__ import annotations

import time

from codesentinel.analysis.processes.anomalies import anomalies as judge
from codesentinel.analysis.processes.limits import Thresholds
from codesentinel.capture.process_sampler import Sampler
from codesentinel.model.errors import NoData
from codesentinel.model.process_sample import History
from codesentinel.model.report import Source
from codesentinel.model.timestamp import rfc3339
from codesentinel.operations.base import operation
from codesentinel.operations.process.replay import samples_between

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from codesentinel.model.finding import Finding
    from codesentinel.model.process_sample import Sample
    from codesentinel.operations.base import Context

HISTORY_SECONDS = 600.0
_LONGEST_GAP_SECONDS = 60.0
_SAMPLES_NOW = 2
_NEED_SECONDS = {  # what cannot be judged on less history than this
    "stopped": 10.0,
    "runaway by demand": 20.0,
    "restart loop": 20.0,
    "leaks of memory, descriptors and threads": 32.0,
}


class Anomalies:
    """What was found, and on how much.

    Attributes:
        findings: most urgent first.
        limits: what counted as an anomaly.
        history: what was looked at.
        shown: how many findings are shown.
    """

    def __init__(
        self, findings: tuple[Finding, ...], limits: Thresholds, history: History, shown: int
    ) -> None:
        self.findings = findings[:shown] if shown > 0 else findings
        self.total = len(findings)
        self.limits = limits
        self.history = history

    @property
    def not_judged(self) -> list[str]:
        """What needs more history than there is."""
        seconds = self.history.seconds()
        return [name for name, needed in _NEED_SECONDS.items() if seconds < needed]

    @property
    def exit_status(self) -> int:
        """1 when something is urgent, as with a review."""
        return 1 if any(finding.severity.value == "P1" for finding in self.findings) else 0

    def as_document(self) -> dict[str, object]:
        """The JSON shape."""
        return {
            "time": rfc3339(self.history.last.time),
            "findings": list(self.findings),
            "total_findings": self.total,
            "thresholds": self.limits.as_document(),
            "scanned": len(self.history.last.processes),
            "samples": len(self.history.samples),
            "history_seconds": round(self.history.seconds(), 3),
            "not_judged": self.not_judged,
            "coverage": self.history.last.coverage,
        }


def _facts(found: Anomalies) -> dict[str, Any]:
    return {
        "thresholds": {
            "cpu_ratio": found.limits.cpu_ratio,
            "memory_ratio": found.limits.memory_ratio,
            "min_runtime_seconds": found.limits.min_runtime_seconds,
        },
        "hit_count": found.total,
        "triggers": sorted({finding.id for finding in found.findings}),
        "not_judged": found.not_judged,
    }


@operation("process.anomalies", action="process_anomalies_scan", metadata=_facts)
def anomalies(
    context: Context,
    *,
    cpu_ratio: float = 0.8,
    memory_ratio: float = 0.25,
    min_runtime_seconds: float = 600.0,
    limit: int = 0,
    window_seconds: float = 0.1,
    history_seconds: float = HISTORY_SECONDS,
    at: float | None = None,
    verbose_mode: bool = False,  # noqa: ARG001 - for the record
) -> Anomalies:
    """Every detector over the recorded samples and two new ones.

    Args:
        context: where this runs.
        cpu_ratio: cores used that count as much, for processes older than ``min_runtime_seconds``.
        memory_ratio: share of the host's memory that counts as much, for the same.
        min_runtime_seconds: a gate for the two above.
        limit: how many findings to show; 0 for all.
        window_seconds: how long to look at what runs now.
        history_seconds: how far back to read what was recorded.
        at: judge this moment of the past instead, on what was recorded before it.
        verbose_mode: whether more is shown to a person; for the record.

    Raises:
        NoData: nothing was recorded before that moment.
    """
    now = time.time() if at is None else at
    limits = Thresholds(cpu_ratio, memory_ratio, min_runtime_seconds)
    if at is not None:
        history = History(recent(context, at, history_seconds))
        return Anomalies(judge(history, limits), limits, history, limit)
    samples = _unbroken(samples_between(context, now - history_seconds, now), now)
    sampler = Sampler(known=samples[-1]) if samples else Sampler(brief=True)
    samples += _look(sampler, window_seconds)
    history = History(samples)
    accused = {finding.evidence["pid"] for finding in judge(history, limits)}
    sampler.complete(history.last.processes[pid] for pid in accused)
    return Anomalies(judge(history, limits), limits, history, limit)


def process_findings(context: Context, now: float) -> tuple[list[Finding], Source]:
    """For a review: every detector over what was recorded up to now.

    Raises:
        NoData: nothing was recorded in the last minute.
    """
    samples = recent(context, now)
    history = History(samples)
    missing = [name for name, needed in _NEED_SECONDS.items() if history.seconds() < needed]
    reason = f"too little recorded yet for: {', '.join(missing)}" if missing else ""
    found = judge(history, Thresholds())
    return list(found), Source("processes", judged=True, reason=reason, checked=len(history.last.processes))


def recent(context: Context, now: float, history_seconds: float = HISTORY_SECONDS) -> list[Sample]:
    """The recorded samples up to this moment, after the last gap.

    Raises:
        NoData: there is none in the last minute.
    """
    samples = _unbroken(samples_between(context, now - history_seconds, now), now)
    if not samples:
        raise NoData(
            f"no processes were recorded in the minute before {rfc3339(now)}",
            hint="`codesentinel memory process record` records them, and so does `codesentinel up`",
        )
    return samples


def _look(sampler: Sampler, window_seconds: float) -> list[Sample]:
    """Samples over a short window."""
    samples = [sampler.sample()]
    for _ in range(_SAMPLES_NOW - 1):
        time.sleep(window_seconds / (_SAMPLES_NOW - 1))
        samples.append(sampler.sample())
    return samples


def _unbroken(samples: list[Sample], now: float) -> list[Sample]:
    """Those after the last gap, or since the clock was set back: what happened between is not known."""
    kept: list[Sample] = []
    later = now
    for sample in reversed(samples):
        if not 0.0 <= later - sample.time <= _LONGEST_GAP_SECONDS:
            break
        kept.append(sample)
        later = sample.time
    return kept[::-1]
