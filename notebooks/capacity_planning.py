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
# # Capacity planning
#
# **The question: what runs out, when, and by when do we have to order?** A date alone is no answer: a disk
# may fill sooner than its usual growth says. So each date comes with an interval that holds the true one in
# nine of ten cases, and it is the early end that an order has to meet.
#
# Open it with Jupytext in a workspace whose stack has run for some weeks;
# `CODESENTINEL_SOURCES_HISTORY_URL` names another server.

# %%
import time

from codesentinel.model.sizing import Fleet
from codesentinel.operations.base import open_context
from codesentinel.operations.sizing import size
from codesentinel.operations.trends.capacity import capacity
from codesentinel.operations.trends.forecast import forecast
from codesentinel.render.sizing_text import sizing_text
from codesentinel.render.trends_capacity_text import capacity_text
from codesentinel.render.trends_forecast_text import forecast_text

context = open_context(tell=lambda _: None)
lead_time_days = 14
"""How long it takes here from an order to a disk that is in use."""

# %% [markdown]
# ## What runs out?
# `trends capacity` looks at everything that has a limit. "95% after" means that the end of the interval is
# further away than it looks.

# %%
full = capacity(context, horizon_seconds=90 * 86400.0)
print(capacity_text(full))

# %% [markdown]
# ## By when to order?
# The early end of the interval, less the time that an order takes. What would have to be ordered in the
# past is late.

# %%
now = time.time()
for one in full.full_soon:
    days = (one.exhausted_at.earliest - now) / 86400
    left = days - lead_time_days
    verdict = f"order within {left:.0f} days" if left > 0 else f"order today, {-left:.0f} days late"
    print(f"{one.resource.subject}: may be full in {days:.0f} days; {verdict}")

# %% [markdown]
# ## How much is needed?
# What is asked of the service grows apart from what its disks hold. The interval is as wide as the errors
# of the same forecast were on windows of the past; its upper end is what has to be served.

# %%
demand = forecast(
    context, "sum(service:http_server_requests:rate)", horizon_seconds=7 * 86400.0, step_seconds=6 * 3600.0
)
print(forecast_text(demand))

# %% [markdown]
# ## And the monitoring itself?
# Ten times the hosts: what storing their metrics takes, and which way to run it.

# %%
sizing = size(context, fleet=Fleet(hosts=1000))
print(sizing_text(sizing))

# %% [markdown]
# ## What to do next
# - Order what is within its lead time, for the early end of its interval.
# - See what would move a date (`codesentinel trends capacity` lists it): a clean-up that is repeated is
#   worth more than a disk.
# - Ask again in a week. A date that comes nearer by more than a week in a week is growth that speeds up.
