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
# # Rhythms, and whether to scale by them
#
# **The question: does the load have a rhythm that is worth a schedule, and what would the schedule save?**
# Anything looks periodic if one looks long enough. A rhythm is named here only if its cycles keep the same
# phase, which chance does not; at most one in a hundred named rhythms is expected to be false.

# %%
from codesentinel.operations.base import open_context
from codesentinel.operations.trends.seasonality import seasonality
from codesentinel.render.trends_seasonality_text import seasonality_text

context = open_context(tell=lambda _: None)
load = "sum(service:http_server_requests:rate)"
other = "sum(node_filesystem_avail_bytes)"
requests_per_second_of_a_unit = 10.0

# %% [markdown]
# ## Which rhythms are real?
# "strength" is the share of the ups and downs that the rhythm explains in cycles it was not learned from.

# %%
found = seasonality(
    context, load, since_seconds=28 * 86400.0, capacity_per_unit=requests_per_second_of_a_unit
)
print(seasonality_text(found))

# %% [markdown]
# ## The same question of something without a rhythm
# A disk that fills has none; a method that finds one there would find one anywhere.

# %%
none = seasonality(context, other, since_seconds=28 * 86400.0)
print(seasonality_text(none))

# %% [markdown]
# ## What would a schedule save?
# Against running what the busiest window needs all day. Head-room is a fifth, and stands in the schedule.

# %%
(series,) = found.series
schedule = series.schedule
busy = sum((n.window.end_hour - n.window.start_hour) % 24 or 24 for n in schedule.busy) if schedule else 0
if schedule and schedule.busy and schedule.base_units:
    most = max(need.units for need in schedule.busy)
    used = busy * most + (24 - busy) * schedule.base_units
    saved = 1 - used / (24 * most)
    print(f"{most} units all day are {24 * most} unit-hours; by the schedule {used}: {saved:.0%} less")
    print(f"busy for {busy} hours a day; {schedule.base_units} units otherwise")
else:
    print("no schedule: no rhythm is strong enough, or the needed units do not change with it")

# %% [markdown]
# ## What to do next
# - A schedule that saves less than a tenth is not worth its failures: leave it.
# - Keep an autoscaler beneath it: the schedule is for what comes every day, the autoscaler for what does
#   not.
# - Ask again after a change of clocks, a holiday or a launch; "drift" in the text above says when the
#   rhythm has moved.
