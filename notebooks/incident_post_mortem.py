# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Post-mortem of an incident
#
# **The question: what happened, in which order, and what would have told us earlier?** Deployments, alerts,
# anomalies and what people and agents did stand in different places. Here they stand in one timeline, each
# with its source.
#
# A timeline shows what came before what, not what caused it; whoever reads it has to say why, and
# `codesentinel bottleneck` says which resource was short at the time.

# %%
import time
from datetime import UTC, datetime

from codesentinel.operations.base import open_context
from codesentinel.operations.deploy.listing import deployments
from codesentinel.operations.memory_log import log
from codesentinel.operations.review import review
from codesentinel.operations.trends.anomalies import anomalies
from codesentinel.render.review_text import review_text

context = open_context(tell=lambda _: None)
since = time.time() - 1800
service = "shop"
errors = f'service:http_server_errors_per_request:ratio_rate{{service="{service}"}}'
step_seconds = 3.0
surely_strange = 0.8
"""Of 0 to 1: below that a series is strange by chance some times a day."""

# %% [markdown]
# ## Everything on one line of time
# An alert begins when its rule has held for its `for`; an anomaly when a series first was further from what
# was expected than chance takes it.

# %%
timeline: list[tuple[float, str, str]] = []
for one in deployments(context, service=service, since=since).deployments:
    if one.started_at:
        timeline.append((one.started_at, "deploy", f"{one.service} {one.revision} began"))
    if one.finished_at:
        timeline.append((one.finished_at, "deploy", f"{one.service} {one.revision} ended: {one.status}"))

for found in log(context, since=since, limit=0).events:
    record = found.record or {}
    activity = record.get("activity", {})
    if activity.get("action") in ("alert-firing", "alert-resolved"):
        labels = activity["metadata"]["labels"]
        if labels.get("severity") in ("P1", "P2"):
            is_new = activity["action"] == "alert-firing"
            at = activity["metadata"]["starts_at"] if is_new else record["timestamp"]
            words = f"{labels['severity']} {labels['alertname']} {activity['action'].removeprefix('alert-')}"
            timeline.append((datetime.fromisoformat(at).timestamp(), "alert", words))

strange = anomalies(context, errors, since_seconds=4 * 3600, step_seconds=step_seconds)
for series in strange.series:
    for span in series.flagged:
        if span.start >= since and span.score >= surely_strange:
            ratios = f"{span.observed:.1%}, expected {span.expected.estimate:.1%}"
            words = f"error ratio {ratios} (score {span.score:.2f})"
            timeline.append((span.start, "anomaly", words))

# %%
timeline = sorted(set(timeline))
begin = timeline[0][0] if timeline else since
for at, source, words in timeline:
    print(f"{datetime.fromtimestamp(at, UTC):%H:%M:%S}  +{at - begin:4.0f} s  {source:<8} {words}")

# %% [markdown]
# ## What told us first, and how long did it last?

# %%
first = {}
for at, source, words in timeline:
    first.setdefault(f"{source} resolved" if words.endswith("resolved") else source, at)
for source, at in sorted(first.items(), key=lambda item: item[1]):
    print(f"{source:<15} {at - begin:4.0f} s after the first entry")
if {"deploy", "alert"} <= first.keys():
    print(f"detected {first['alert'] - first['deploy']:.0f} s after the deployment began")

# %% [markdown]
# ## Is it over?

# %%
print(review_text(review(context)))

# %% [markdown]
# ## What to do next
# - If the anomaly came well before the alert, `codesentinel alerts quality` says what another threshold
#   would have done.
# - If a deployment came first, judge the next one as a canary: `codesentinel canary simulate` says whether
#   its traffic suffices.
# - Write down why, and what is changed, beside this timeline: `codesentinel memory log` keeps the rest.
