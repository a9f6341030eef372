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
# # Procedures of agents after a quarter
#
# **The question: which procedures should be rewritten, retired, or left alone?** Three failures of four
# runs look bad and prove little. Ratios come with intervals, runs that an agent only says it did are told
# apart from those that a check confirmed, and with fewer than ten runs the answer is "wait".

# %%
from codesentinel.operations.base import open_context
from codesentinel.operations.satellites.health import health
from codesentinel.operations.satellites.review import review
from codesentinel.render.procedure_health_text import health_text
from codesentinel.render.procedure_review_markdown import quarter_text

context = open_context(tell=lambda _: None)

# %% [markdown]
# ## How did they go?
# In brackets the interval that holds the true ratio in 95 of 100 such cases.

# %%
found = health(context)
print(health_text(found))

# %% [markdown]
# ## Did an edit help?
# Evidence above 10 is strong, and may be looked at after every run: unlike a p-value it does not get better
# by being looked at.

# %%
for one in found.procedures:
    if one.edit_effect:
        print(f"{one.id} {one.version}: {one.edit_effect}")

# %% [markdown]
# ## What to do with each?

# %%
quarter = review(context)
print(quarter_text(quarter))

# %%
for satellite in quarter.satellites:
    for advice in satellite.procedures:
        print(f"{advice.advice:<8} {advice.procedure}: {'; '.join(advice.reasons)}")

# %% [markdown]
# ## What to do next
# - Rewrite first what fails and is used: read its failed runs with `codesentinel memory log --domain
#   satellites --failed`.
# - Retire what nobody ran, after asking why: a procedure for a disaster is not used, and not useless.
# - `codesentinel satellites pin` after each edit, so that the next quarter can tell whether it helped.
