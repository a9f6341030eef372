"""The harness that attacks the installed program from outside.

It imports nothing of the program but the model, and drives it as a child, as a user or an agent would.

- ``experiment``: what a scenario says; ``read`` reads one, ``catalogue`` finds them all
- ``scenarios``: those that come along, a YAML file each, in a folder for each target
- ``does``: what the processes do that are attacked and watched; each is a program of its own
- ``program``: the installed program as a child
- ``stage``: the workspace, the processes and the names of one case
- ``actions``, ``probes``: what a scenario can do and ask
- ``tolerance``: whether an answer is as it should be
- ``runner``: one case: steady state, method, steady state again, and always the way back
- ``enclosure``: namespaces and limits around a whole run
- ``session``: many cases, by seed and budget
- ``leavings``: what a run left on the machine, looked at from outside
"""
