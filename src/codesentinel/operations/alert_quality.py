"""``alerts quality``: whether the alerts that fired were worth it, from history and from the log."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from codesentinel.capture.prometheus import PrometheusClient
from codesentinel.model.alert_quality import AlertQuality
from codesentinel.model.errors import NoData, UsageError
from codesentinel.model.finding import ranked
from codesentinel.operations.base import Context, operation
from codesentinel.operations.endpoints import endpoints
from codesentinel.operations.history import history_reader, needs_arrays
from codesentinel.store.reader import domains, events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codesentinel.analysis.alerts.quality import History, Judged
    from codesentinel.analysis.alerts.quality_firings import Covered
    from codesentinel.analysis.alerts.quality_threshold import Threshold
    from codesentinel.capture.history import HistoryReader
    from codesentinel.model.alert_quality import Act, AlertRule, Notified

WINDOW_SECONDS = 30 * 86400.0
_ALWAYS_THERE = "count(up) or count(ALERTS)"
_COVER_STEPS = 10_000
_SHORTEST_STEP_SECONDS = 60.0
_LEVEL_STEPS = 20_000
_WATCHDOG = "Watchdog"


@operation(
    "alerts.quality",
    metadata=lambda found: {"rules": len(found.rules), "findings": len(found.findings)},
)
def quality(
    context: Context,
    *,
    since: float | None = None,
    progress: Callable[[float, int], None] | None = None,
) -> AlertQuality:
    """Say how often each rule fired since a moment, for how long, whether anybody acted, and what to change.

    Rules come from Prometheus, what they did from the long history, and what was told and done from the log.
    ``since`` is in epoch seconds, by default 30 days ago.

    Raises:
        NoData: there are no rules, or nothing is on record.
        UsageError: the window begins in the future.
        Unreachable, BadAnswer, NotInstalled: it could not be read.
    """
    until = time.time()
    begin = until - WINDOW_SECONDS if since is None else since
    if begin >= until:
        raise UsageError("the window begins in the future", hint="give --since a time that has passed")
    servers = endpoints(context)
    client = PrometheusClient(servers.prometheus, timeout_seconds=context.settings.sources.timeout_seconds)
    rules = [rule for rule in client.alert_rules() if rule.name != _WATCHDOG]
    if not rules:
        raise NoData(
            f"{client.shown} evaluates no alerting rule", hint="`codesentinel alerts build` writes some"
        )
    with needs_arrays():
        from codesentinel.analysis.alerts.quality import judged
        from codesentinel.analysis.alerts.quality_findings import quality_findings
    reader = history_reader(context, progress=progress)
    history = _history(context, reader, rules, begin, until)
    found = [judged(rule, history) for rule in rules]
    findings = quality_findings(found, history, _thresholds(reader, found, begin, until))
    return AlertQuality(
        rules=tuple(sorted((one.quality for one in found), key=lambda q: (-q.firings, q.rule.key))),
        findings=ranked(findings),
        since=begin,
        until=until,
        covered_seconds=history.covered.seconds,
        acts=len(history.acts),
        notes=tuple(_notes(history, begin, until)),
    )


def _history(
    context: Context, reader: HistoryReader, rules: list[AlertRule], begin: float, until: float
) -> History:
    """What is on record of the window.

    Raises:
        NoData: nothing.
    """
    from codesentinel.analysis.alerts.quality import History
    from codesentinel.analysis.alerts.quality_firings import firings

    covered = _covered(reader, begin, until)
    if not covered.seconds:
        raise NoData(
            "nothing is on record of this window", hint="is sources.history_url the server that keeps it?"
        )
    paces = {rule.key: rule.interval_seconds for rule in rules}

    def read(state: str) -> Any:
        selector = f'ALERTS{{alertstate="{state}", alertname!="{_WATCHDOG}"}}'
        return firings(reader.read(selector, begin, until), paces, covered)

    acts, told = _log(context, begin, until)
    return History(read("firing"), read("pending"), acts, told, covered)


def _covered(reader: HistoryReader, begin: float, until: float) -> Covered:
    import numpy as np

    from codesentinel.analysis.alerts.quality_firings import Covered

    step = max(_SHORTEST_STEP_SECONDS, (until - begin) / _COVER_STEPS)
    step = min(step, until - begin)
    series = reader.read(_ALWAYS_THERE, begin, until, step)
    times = np.unique(np.concatenate([one.times for one in series])) if series else np.array([])
    return Covered(times, step, begin, until)


def _log(context: Context, begin: float, until: float) -> tuple[list[Act], list[Notified]]:
    """Acts and notifications of the window, by the log; what was archived is not among them."""
    from codesentinel.analysis.alerts.quality_reaction import (
        DOMAINS,
        SHORTLY_AFTER_SECONDS,
        act_of,
        notification_of,
    )

    acts, told = [], []
    since = datetime.fromtimestamp(begin, UTC)
    end = datetime.fromtimestamp(until + SHORTLY_AFTER_SECONDS, UTC)
    for domain, path in domains(context.root).items():
        if domain not in DOMAINS:
            continue
        for event in events(path, since=since, until=end):
            at = datetime.fromisoformat(str(event["timestamp"])).timestamp()
            act, notified = act_of(domain, event, at), notification_of(domain, event, at)
            acts += [act] if act else []
            told += [notified] if notified else []
    return acts, told


def _thresholds(
    reader: HistoryReader, found: list[Judged], begin: float, until: float
) -> dict[tuple[str, str], Threshold]:
    """For noisy rules that compare one number: what their values were, and where a better number lies."""
    from codesentinel.analysis.alerts.quality_findings import is_constant, is_noisy
    from codesentinel.analysis.alerts.quality_threshold import better_threshold, comparison

    better = {}
    for one in found:
        rule = one.quality.rule
        compared = comparison(rule.query)
        if compared is None or not (is_noisy(one.quality) or is_constant(one.quality)):
            continue
        step = max(rule.interval_seconds, (until - begin) / _LEVEL_STEPS)
        values = reader.read(compared.left, begin, until, step)
        threshold = better_threshold(compared, rule.for_seconds, one.firings, one.attended, values)
        if threshold is not None:
            better[rule.key] = threshold
    return better


def _notes(history: History, begin: float, until: float) -> Iterator[str]:
    if history.covered.seconds < 0.9 * (until - begin):
        share = history.covered.seconds / (until - begin)
        yield f"{share:.0%} of the window is on record; the rest counts neither for nor against a rule"
    if not history.acts:
        yield "no act of anybody is on record: whether alerts are acted on cannot be judged"
    if not history.told:
        yield "no notification is on record: every firing counts as told"
