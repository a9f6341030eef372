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
# # Trends on the stack's own history
#
# When is it full, what will it be, what is its rhythm, and what is strange: `trends capacity`,
# `trends forecast`, `trends seasonality` and `trends anomalies` by their functions. Open it with Jupytext, in
# a workspace whose stack has run for some weeks; `CODESENTINEL_SOURCES_HISTORY_URL` names another server.

# %%
from IPython.display import Image

from codesentinel.operations.base import open_context
from codesentinel.operations.trends.anomalies import anomalies
from codesentinel.operations.trends.capacity import capacity
from codesentinel.operations.trends.forecast import forecast
from codesentinel.operations.trends.seasonality import seasonality
from codesentinel.render.trends_anomalies_text import anomalies_text
from codesentinel.render.trends_capacity_text import capacity_text
from codesentinel.render.trends_forecast_plot import picture
from codesentinel.render.trends_forecast_text import forecast_text
from codesentinel.render.trends_seasonality_text import seasonality_text

context = open_context(tell=lambda _: None)
requests = "sum(service:http_server_requests:rate)"

# %% [markdown]
# ## When is it full?

# %%
full = capacity(context, horizon_seconds=60 * 86400.0)
print(capacity_text(full))

# %% [markdown]
# ## What will it be?
# The interval is as wide as the errors of the same forecast were on windows of the past.

# %%
ahead = forecast(context, requests, horizon_seconds=86400.0, step_seconds=3600.0)
print(forecast_text(ahead))

# %%
Image(picture(ahead, "png"))

# %% [markdown]
# ## What is its rhythm?
# Only periods that keep their phase are named; the schedule is for scaling, with a fifth of head-room.

# %%
rhythm = seasonality(context, requests, since_seconds=28 * 86400.0, capacity_per_unit=10.0)
print(seasonality_text(rhythm))

# %% [markdown]
# ## What is strange?

# %%
strange = anomalies(context, requests, since_seconds=14 * 86400.0, step_seconds=600.0)
print(anomalies_text(strange))
