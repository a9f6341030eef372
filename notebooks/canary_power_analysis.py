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
# # What a canary would find
#
# **The question: how much traffic, or how long, until a slow-down of 10% is caught?** With too little
# traffic a canary finds nothing, however good the judge, and says so only by being inconclusive. Better to
# know before the release.

# %%
import math

from scipy.stats import norm

from codesentinel.operations.base import open_context
from codesentinel.operations.canary.simulate import simulate
from codesentinel.render.canary_power_text import power_text

context = open_context(tell=lambda _: None)
slow_down = 1.10
spread = 0.7
"""Of the logarithm of latencies: one request in six takes twice as long as the median or longer."""
traffic = (100, 400, 1_600)
"""Requests a minute, of both arms together."""

# %% [markdown]
# ## What is 10%?
# The judge compares shares of slow requests, not means. If every request takes 10% longer, the share beyond
# a bound grows by more than 10%: the further out the bound, the more. At the bound that a tenth of all
# requests exceed:

# %%
beyond = 0.10
bound = norm.isf(beyond)
harm = norm.sf(bound - math.log(slow_down) / spread) / beyond
print(f"requests beyond the bound: {beyond:.0%} -> {beyond * harm:.1%}, {harm:.2f} times as many")

# %% [markdown]
# ## How much traffic?
# Canaries are drawn by chance and judged by the very judge that the release will have, with the margins of
# `canary.yaml`. "stopped" is the share that was caught by the deadline; a harm of 1 is none, and what is
# stopped there is a false alarm. The harm is the same at every bound of `quantiles`, so let that be `[0.9]`
# for this, the bound for which it was reckoned.

# %%
caught = {}
for requests in traffic:
    found = simulate(
        context, config_path="canary.yaml", requests_per_minute=requests, harms=(1.0, round(harm, 2)), runs=12
    )
    print(power_text(found), end="\n\n")
    caught[requests] = found.powers[1]

# %% [markdown]
# ## The answer
# A canary of a tenth of the traffic sees a tenth of the requests: it needs about ten times the time.

# %%
for requests, power in caught.items():
    after = power.stopped_after_seconds
    when = "-" if after is None else f"{after / 60:.0f} minutes"
    print(
        f"{requests} requests a minute: {power.stopped:.0%} caught by the deadline, half of them after {when}"
    )
enough = min((requests for requests, power in caught.items() if power.stopped >= 0.8), default=None)
print(f"enough: {enough}" if enough else "not enough: a longer deadline, a larger share, or a wider margin")

# %% [markdown]
# ## What to do next
# - Less traffic than that: give the canary a larger share or a later `deadline` in `canary.yaml`, and run
#   this again.
# - Still too little: say what would matter instead of 10%, and judge by that. A canary that cannot fail is
#   a delay.
# - Then `codesentinel canary run`, which moves traffic only as far as the evidence goes.
