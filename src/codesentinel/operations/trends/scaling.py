"""``trends seasonality --emit``: a rhythm as a schedule that an autoscaler of Kubernetes carries out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from codesentinel.mixin.autoscale import FORMS, manifest
from codesentinel.model.errors import Failed, NoData, UsageError
from codesentinel.model.scaling import Scaling, Workload
from codesentinel.operations.base import Context, operation
from codesentinel.operations.trends.seasonality import HEADROOM, SINCE_SECONDS, seasonality

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from codesentinel.model.seasonality import Profile, SeasonalSeries

_KINDS = {kind.lower(): kind for kind in ("Deployment", "StatefulSet", "ReplicaSet")}
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_NAMING = ("deployment", "statefulset", "service", "app")


def _facts(made: Scaling) -> Mapping[str, Any]:
    return {"windows": len(made.plan.windows), "peak": made.plan.peak, "base": made.plan.base}


@operation("trends.scaling", metadata=_facts)
def scaling(
    context: Context,
    query: str = "",
    *,
    form: str = "keda",
    target_per_replica: float | None = None,
    workload: str = "",
    namespace: str = "",
    least_replicas: int = 1,
    most_replicas: int | None = None,
    input_path: str = "",
    since_seconds: float = SINCE_SECONDS,
    step_seconds: float | None = None,
    timezone: str = "UTC",
    headroom: float = HEADROOM,
    counter: bool = False,
    url: str = "",
    progress: Callable[[float, int], None] | None = None,
) -> Scaling:
    """Make a scaling schedule for a workload of the weekly or daily rhythm of one series.

    Each hour is given its 95th percentile with ``headroom``, at ``target_per_replica`` in the unit of the
    series, a quarter of an hour early, in as few windows as cost a tenth more replica-hours at most. ``form``
    is ``keda`` (a ScaledObject) or ``cron-hpa`` (a CronHorizontalPodAutoscaler); ``workload`` such as
    ``deployment/shop``, by default what the series' labels say.

    Raises:
        UsageError: a parameter is missing or out of range, or the query gives several series.
        Failed: the series has no sure rhythm of a day or a week, or none that is worth a schedule.
        NoData: the series could not be judged, or there is none.
        BadQuery, Unreachable, BadAnswer, NotInstalled: it could not be read.
    """
    if form not in FORMS:
        raise UsageError(f"no such form: {form}", hint=f"one of {', '.join(FORMS)}")
    if target_per_replica is None or not target_per_replica > 0:
        raise UsageError(
            "what can a replica do?", hint="--target-per-replica 150, in the unit of the series, more than 0"
        )
    if least_replicas < 1 or (most_replicas is not None and most_replicas < least_replicas):
        raise UsageError(
            "at least one replica, and at most no fewer than at least",
            hint="--min-replicas 2 --max-replicas 20",
        )
    found = seasonality(
        context, query, input_path=input_path, since_seconds=since_seconds, step_seconds=step_seconds,
        timezone=timezone, headroom=headroom, counter=counter, url=url, progress=progress,
    )  # fmt: skip
    if len(found.series) != 1:
        raise UsageError(
            f"{len(found.series)} series, where a schedule is for one workload",
            hint="narrow the query, or sum() it",
        )
    one = found.series[0]
    named = _workload(workload, namespace, one.labels)
    profile = _sure(one)
    from codesentinel.analysis.trends.seasonality.scaling import plan as planned
    from codesentinel.render.ascii import escaped
    from codesentinel.render.query_text import selector

    try:
        plan = planned(
            profile,
            target_per_replica=target_per_replica,
            headroom_ratio=headroom,
            least=least_replicas,
            most=most_replicas,
            timezone=timezone,
        )
    except ValueError as exc:
        raise UsageError(str(exc), hint="raise --max-replicas, or lower --headroom") from exc
    if not plan.windows:
        raise Failed(
            f"{plan.base} replicas are enough at every hour: there is nothing to schedule",
            hint="a replica that can do less, by --target-per-replica, would tell the hours apart",
        )
    rhythms = tuple(rhythm.name for rhythm in one.periods)
    notes = tuple(_notes(one, form, timezone))
    facts = {
        "series": escaped(selector(one.labels)) if one.labels else "the series",
        "source": escaped(query or input_path),
        "rhythms": ", ".join(rhythms),
    } | {f"note-{number}": escaped(note) for number, note in enumerate(notes, start=1)}
    text = manifest(form, plan, named, facts)
    return Scaling(found.source, one.labels, rhythms, named, plan, notes, form, text)


def _sure(one: SeasonalSeries) -> Profile:
    """The profile that a schedule may rest on.

    Raises:
        NoData: the series could not be judged.
        Failed: there is none.
    """
    from codesentinel.analysis.trends.seasonality.scaling import why_no_week
    from codesentinel.model.duration import format_duration

    if one.reason:
        raise NoData(f"it could not be judged: {one.reason}", hint="a longer --since, or another query")
    told = "; ".join(one.notes)
    if not one.periods or one.profile is None:
        raise Failed(
            f"no sure rhythm in {format_duration(one.span_seconds)}{f' ({told})' if told else ''}: a schedule"
            " would follow chance",
            hint="without --emit it is shown what there is; a longer --since may help",
        )
    if why := why_no_week(one.profile):
        raise Failed(
            f"its rhythm is {one.periods[0].name}: {why}", hint="no schedule of a week can follow it"
        )
    return one.profile


def _workload(words: str, namespace: str, labels: Mapping[str, str]) -> Workload:
    """What was named, or what the labels name.

    Raises:
        UsageError: there is no such kind, or no name that Kubernetes takes.
    """
    kind, _, name = words.rpartition("/")
    if not words:
        kind = next((word for word in _NAMING if _NAME.fullmatch(labels.get(word, ""))), "")
        name = labels.get(kind, "")
        kind = kind if kind in _KINDS else ""
    known = _KINDS.get(kind.lower() or "deployment")
    if known is None or not _NAME.fullmatch(name) or (namespace and not _NAME.fullmatch(namespace)):
        raise UsageError(
            f"which workload is scaled? {words or 'no label names it'}",
            hint="--workload deployment/shop, or statefulset/..., and --namespace in lower case",
        )
    return Workload(known, name, namespace)


def _notes(one: SeasonalSeries, form: str, timezone: str) -> Iterator[str]:
    """What somebody should know before they apply it."""
    yield from one.notes
    if one.drift and one.drift.changed:
        yield "the rhythm changed in the newest quarter: look whether it still fits"
    yield from (f"the {rhythm.name} rhythm is new" for rhythm in one.periods if rhythm.is_new)
    if one.odd_days:
        yield f"days apart, not covered: {', '.join(day.date for day in one.odd_days)}"
    if form == "cron-hpa":
        yield f"its controller takes the hours of its own process: run it with TZ={timezone}"
