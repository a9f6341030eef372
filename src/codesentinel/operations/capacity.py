"""What runs out, as a source of every review: disks, inodes, memory, and all else that has a limit.

It is judged in a process of its own, by the history of weeks where there is one: `trends capacity` in the
words of a review. The history of an hour is judged by a line, for disks, inodes and memory alone.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.capture.prometheus import PrometheusClient
from codesentinel.model.errors import CouldNotJudge, NotInstalled
from codesentinel.model.finding import Finding, Severity
from codesentinel.model.report import Source
from codesentinel.operations.aside import aside
from codesentinel.operations.endpoints import endpoints
from codesentinel.operations.history import history_reader
from codesentinel.operations.trends.resources import candidates_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codesentinel.analysis.trends.capacity.judge import Candidate
    from codesentinel.operations.base import Context

LONG_SECONDS = 2 * 86400.0
"""From here on a daily rhythm is told from growth, and a history is judged with all that is known."""
KEPT_SECONDS = 600.0
_LONGEST_SECONDS = 45.0
_GONE_SECONDS = 600.0
_BY_A_LINE = ("disk", "inodes", "memory")


class Judged(NamedTuple):
    """Findings, the names of what is fine, and reason and names of what could not be judged.

    ``lasting`` is whether all of it rests on a long history.
    """

    findings: list[Finding]
    fine: list[str]
    unjudged: dict[str, list[str]]
    lasting: bool


class Capacity:
    """Judges when it is asked; what rests on days of history alone is kept for a while."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._kept: Judged | None = None
        self._asked: tuple[str, float] = ("", 0.0)
        self._until = 0.0

    def findings(self, *, now: float, window_seconds: float) -> tuple[list[Finding], Source]:
        """Findings on what runs out, and how much could be judged.

        Raises:
            CouldNotJudge: neither server answers, the numerical libraries are missing, or it took too long.
        """
        context = self._context
        for library in ("numpy", "scipy", "numba"):
            if find_spec(library) is None:
                raise NotInstalled(
                    f"trends need the trends extra ({library} is missing)",
                    hint="pip install 'codesentinel[trends]'",
                )
        url, notes = _server(context)
        horizon_seconds = context.settings.review.horizon_seconds
        asked = (url, window_seconds)
        judged = self._kept if asked == self._asked and now < self._until else None
        if judged is None:
            judged = aside(
                context,
                _LONGEST_SECONDS,
                judge,
                url=url,
                now=now,
                window_seconds=window_seconds,
                horizon_seconds=horizon_seconds,
            )
            self._kept, self._asked, self._until = judged, asked, now + KEPT_SECONDS * judged.lasting
        return _told(judged, notes, horizon_seconds)


def judge(context: Context, *, url: str, now: float, window_seconds: float, horizon_seconds: float) -> Judged:
    """All resources that the server at ``url`` knows and that are still reported."""
    candidates = [
        one
        for one in candidates_in(history_reader(context, url=url), now, window_seconds)
        if len(one.series) and now - float(one.series.times[-1]) <= _gone_after(one)
    ]
    long = [one for one in candidates if one.series.span_seconds >= LONG_SECONDS]
    short = [one for one in candidates if one.series.span_seconds < LONG_SECONDS]
    judged = Judged([], [], {}, lasting=bool(long) and not short)
    if long:
        _by_their_past(judged, long, now, horizon_seconds)
    for one in short:
        if one.resource.kind in _BY_A_LINE:
            _by_a_line(judged, one, now, horizon_seconds)
    later = sum(one.resource.kind not in _BY_A_LINE for one in short)
    if later:
        need = f"what swings during a day needs {LONG_SECONDS / 86400:g} days of history"
        judged.unjudged[need] = [f"{later} more that have a limit"]
    return judged


def _by_their_past(judged: Judged, long: list[Candidate], now: float, horizon_seconds: float) -> None:
    from codesentinel.analysis.trends.capacity.findings import findings
    from codesentinel.analysis.trends.capacity.judge import judge_all

    resources = judge_all(long, now=now, horizon_seconds=horizon_seconds)
    found = findings(resources, now)
    judged.findings.extend(found)
    told = {finding.id for finding in found}
    for one in resources:
        if f"capacity.{one.resource.kind}:{one.resource.subject}" not in told:
            _sort_in(judged, f"{one.resource.kind} of {one.resource.subject}", one.reason)


def _by_a_line(judged: Judged, one: Candidate, now: float, horizon_seconds: float) -> None:
    resource, series, limit = one
    name = f"{resource.kind} of {resource.subject}"
    from codesentinel.analysis.trends.capacity import line

    left = type(series)(series.labels, series.times, limit - series.values)
    found = line.judge(left, resource, limit, now=now, horizon_seconds=horizon_seconds)
    if found.finding:
        judged.findings.append(found.finding)
    else:
        _sort_in(judged, name, found.reason)


def _sort_in(judged: Judged, name: str, reason: str) -> None:
    (judged.unjudged.setdefault(reason, []) if reason else judged.fine).append(name)


def _gone_after(one: Candidate) -> float:
    """Seconds after which nobody reports it any more: a value stands for the whole step before it."""
    times = one.series.times
    return _GONE_SECONDS + (float(times[-1] - times[-2]) if len(times) > 1 else 0.0)


def _server(context: Context) -> tuple[str, list[str]]:
    """The server that is asked, and what is to be said of it; a dead one is told at once."""
    servers, timeout = endpoints(context), context.settings.sources.timeout_seconds
    try:
        PrometheusClient(servers.history, timeout_seconds=timeout).instant("vector(1)")
    except CouldNotJudge as exc:
        PrometheusClient(servers.prometheus, timeout_seconds=timeout).instant("vector(1)")
        return servers.prometheus, [f"read from Prometheus alone: {exc.message}"]
    return servers.history, []


def _told(judged: Judged, notes: Iterable[str], horizon_seconds: float) -> tuple[list[Finding], Source]:
    findings = list(judged.findings)
    reasons = [*notes, *(f"{', '.join(names)}: {reason}" for reason, names in judged.unjudged.items())]
    count = len(findings) + len(judged.fine)
    if judged.fine:
        findings.append(_fine(judged.fine, horizon_seconds))
    if not count and not judged.unjudged:
        reasons.append("the history holds nothing whose use and limit are known")
    return findings, Source("capacity", judged=count > 0, reason="; ".join(reasons), checked=count)


def _fine(names: list[str], horizon_seconds: float) -> Finding:
    return Finding(
        kind="capacity.fine",
        subject="capacity",
        severity=Severity.INFO,
        summary=f"{len(names)} resources judged; none of them is seen to run out "
        f"within {horizon_seconds / 86400:g} days",
        action="nothing to do",
        source="history",
        evidence={"resources": names},
    )
