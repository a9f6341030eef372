"""A scaling plan as an object of Kubernetes: KEDA's ScaledObject, or a CronHorizontalPodAutoscaler.

KEDA takes the largest of the triggers that are active, and asks for as many as its minimum where none is. The
controller of CronHorizontalPodAutoscaler sets a size at a moment, in the time zone of its own process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.mixin.yaml_text import yaml_text
from codesentinel.model.scaling import DAY_SLOTS, SLOT_MINUTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from codesentinel.model.scaling import ScalePlan, Workload

FORMS = ("keda", "cron-hpa")
_COMMAND = "codesentinel trends seasonality --emit"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FAILURES = 3


def manifest(form: str, plan: ScalePlan, workload: Workload, facts: Mapping[str, str]) -> str:
    """The object as YAML; ``facts`` become annotations, beside those that state the head-room."""
    made = _keda(plan, workload) if form == "keda" else _cron_hpa(plan, workload)
    metadata: dict[str, Any] = {"name": workload.name}
    if workload.namespace:
        metadata["namespace"] = workload.namespace
    metadata["annotations"] = {
        f"codesentinel/{key}": text for key, text in (_stated(plan) | dict(facts)).items()
    }
    head = {"apiVersion": made.pop("apiVersion"), "kind": made.pop("kind"), "metadata": metadata}
    return yaml_text({**head, **made}, command=f"{_COMMAND} {form}")


def cron_days(days: Iterable[int], later: int = 0) -> str:
    """Days of a week as cron's numbers (0 is Sunday), ``later`` days after those of 0 for Monday."""
    numbers = sorted((day + 1 + later) % 7 for day in days)
    runs: list[list[int]] = []
    for one in numbers:
        if runs and runs[-1][-1] == one - 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    if len(numbers) == 7:
        return "*"
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _stated(plan: ScalePlan) -> dict[str, str]:
    return {
        "headroom": f"{plan.headroom_ratio:.0%} above the 95th percentile of each hour",
        "target-per-replica": f"{plan.target_per_replica:g}",
        "lead": f"{plan.lead_minutes} minutes before it is needed",
        "replica-hours-per-week": (
            f"{plan.replica_hours:g} (as needed {plan.exact_hours:g}, always at the peak {plan.flat_hours:g})"
        ),
    }


def _keda(plan: ScalePlan, workload: Workload) -> dict[str, Any]:
    triggers = [
        {
            "type": "cron",
            "name": f"{_named(one.days)}-{_clock(one.start)}",
            "metadata": {
                "timezone": plan.timezone,
                "start": _cron(one.start, one.days),
                "end": _cron(one.end, one.days),
                "desiredReplicas": str(one.replicas),
            },
        }
        for one in plan.windows
    ]
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": workload.kind, "name": workload.name},
            "minReplicaCount": plan.base,
            "maxReplicaCount": plan.most,
            "fallback": {"failureThreshold": _FAILURES, "replicas": plan.peak},
            "triggers": _numbered(triggers),
        },
    }


def _cron_hpa(plan: ScalePlan, workload: Workload) -> dict[str, Any]:
    changes: dict[tuple[int, int], list[int]] = {}
    for slot, size in enumerate(plan.planned):
        if size != plan.planned[slot - 1]:
            changes.setdefault((slot % DAY_SLOTS, size), []).append(slot // DAY_SLOTS)
    jobs = [
        {
            "name": f"{_named(days)}-{_clock(start)}-to-{size}",
            "schedule": f"0 {_cron(start, days)}",
            "targetSize": size,
        }
        for (start, size), days in sorted(changes.items())
    ]
    return {
        "apiVersion": "autoscaling.alibabacloud.com/v1beta1",
        "kind": "CronHorizontalPodAutoscaler",
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": workload.kind, "name": workload.name},
            "jobs": jobs,
        },
    }


def _numbered(triggers: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """With names that are unique, which KEDA asks for."""
    seen: dict[str, int] = {}
    for one in triggers:
        count = seen[one["name"]] = seen.get(one["name"], 0) + 1
        if count > 1:
            one["name"] = f"{one['name']}-{count}"
    return list(triggers)


def _cron(slot: int, days: Iterable[int]) -> str:
    """Minute, hour, and days; the end of a day is the beginning of the next."""
    later, minutes = slot // DAY_SLOTS, slot % DAY_SLOTS * SLOT_MINUTES
    return f"{minutes % 60} {minutes // 60} * * {cron_days(days, later)}"


def _clock(slot: int) -> str:
    minutes = slot * SLOT_MINUTES
    return f"{minutes // 60:02}{minutes % 60:02}"


def _named(days: Iterable[int]) -> str:
    """``mon-fri``, ``sat-sun``, ``daily``."""
    known = sorted(days)
    if len(known) == 7:
        return "daily"
    if len(known) > 1 and known[-1] - known[0] == len(known) - 1:
        return f"{_DAYS[known[0]]}-{_DAYS[known[-1]]}"
    return "-".join(_DAYS[day] for day in known)
