"""What autoscalers make of a manifest: the replicas at each minute of a week, by the rules of their controllers."""

from __future__ import annotations

import numpy as np
import yaml

MINUTES = 7 * 24 * 60


def firings(cron):
    """The minutes of a week, beginning with Monday, at which ``minute hour * * days`` fires."""
    minute, hour, month_day, month, days = cron.split()
    assert (month_day, month) == ("*", "*")
    found = []
    for part in ("0-6" if days == "*" else days).split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    assert len(found) == len(set(found))
    assert set(found) <= set(range(7))
    return np.array(sorted((day - 1) % 7 * 1440 + int(hour) * 60 + int(minute) for day in found))


def keda(text):
    """A trigger is active while its next end comes no later than its next start; the largest counts."""
    spec = yaml.safe_load(text)["spec"]
    now = np.arange(MINUTES)
    replicas = np.full(MINUTES, spec["minReplicaCount"])
    for trigger in spec["triggers"]:
        start, end = (firings(trigger["metadata"][name]) for name in ("start", "end"))
        assert trigger["metadata"]["start"] != trigger["metadata"]["end"]
        active = following(end, now) <= following(start, now)
        asked = np.where(active, int(trigger["metadata"]["desiredReplicas"]), 1)
        replicas = np.maximum(replicas, asked)
    return np.minimum(replicas, spec["maxReplicaCount"])


def cron_hpa(text):
    """The size of the job that fired last."""
    sizes = {}
    for job in yaml.safe_load(text)["spec"]["jobs"]:
        second, _, cron = job["schedule"].partition(" ")
        assert second == "0"
        for minute in firings(cron).tolist():
            assert minute not in sizes, "two jobs at one moment"
            sizes[minute] = job["targetSize"]
    moments = np.array(sorted(sizes))
    last = np.searchsorted(moments, np.arange(MINUTES), side="right") - 1
    return np.array([sizes[at] for at in moments.tolist()])[last]


def following(moments, now):
    """The first of the moments after each ``now``, in weeks that repeat."""
    endless = np.concatenate([moments, moments + MINUTES])
    return endless[np.searchsorted(endless, now, side="right")]
