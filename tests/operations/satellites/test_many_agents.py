"""Agents in parallel, a third of them killed: nothing that was acknowledged is lost, and nothing stays open."""

from __future__ import annotations

import time

from codesentinel.operations.memory_log import verify
from codesentinel.operations.satellites.close import Closer
from instructions import write
from many_agents import run_agents, seeded, told


def test_every_acknowledged_event_is_there_once_and_open_runs_are_closed(context):
    write(context.root)
    said, victims = run_agents(context.root, agents=6, seconds=3, rng=seeded())
    assert len(victims) == 2
    counts, damaged = told(context)
    assert damaged == 0
    assert said
    assert all(counts.get(one) == 1 for one in said)
    assert set(counts.values()) == {1}
    later = time.time() + context.settings.satellites.run_limit_seconds + 60
    done = Closer(context).run(later)
    assert done.still_open == 0
    counts, _ = told(context)
    starts = {run for action, run in counts if action == "start"}
    assert {run for action, run in counts if action == "finish"} == starts
    assert set(counts.values()) == {1}
    assert verify(context).succeeded
