"""Many agents that follow procedures at once, some killed at any moment; and what the log must hold then."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time

WORKER = """
import sys
from codesentinel.operations.base import open_context
from codesentinel.operations.satellites.usage import finish, start

context = open_context(sys.argv[1], tell=lambda _: None)
number = 0
while True:
    begun = start(context, procedure=f"github/PROC-{1 + number % 3}", agent_session=sys.argv[2]).run
    print("start", begun.run_id, flush=True)
    if number % 7 != 6:
        ended = finish(context, run=begun.run_id, status=("Success", "Failure")[number % 2]).run
        print("finish", ended.run_id, flush=True)
    number += 1
"""


def run_agents(root, *, agents, seconds, rng):
    """Acknowledged (action, run id) pairs, and the sessions of those that were killed."""
    children = {}
    for number in range(agents):
        session = f"agent-{number}"
        out = open(root / f"{session}.out", "w+b")  # noqa: SIM115 - a killed writer's pipe would be lost
        argv = [sys.executable, "-c", WORKER, str(root), session]
        children[session] = (subprocess.Popen(argv, stdout=out, stderr=subprocess.DEVNULL), out)
    victims = rng.sample(sorted(children), agents // 3)
    try:
        _wait_for_all(children)
        end = time.monotonic() + seconds
        for victim in victims:
            time.sleep(rng.random() * max(end - time.monotonic(), 0) / len(victims))
            children[victim][0].kill()
        time.sleep(max(end - time.monotonic(), 0))
    finally:
        for child, _ in children.values():
            child.kill()
            child.wait(timeout=60)
    said = []
    for _, out in children.values():
        out.seek(0)
        lines = out.read().split(b"\n")[:-1]  # a line that was cut was not acknowledged
        said += [tuple(line.decode().split()) for line in lines]
        out.close()
    return said, victims


def _wait_for_all(children):
    """Until each has told of something."""
    deadline = time.monotonic() + 120
    while any(os.fstat(out.fileno()).st_size == 0 for _, out in children.values()):
        if time.monotonic() > deadline or any(child.poll() is not None for child, _ in children.values()):
            raise AssertionError("an agent did not begin")
        time.sleep(0.05)


def told(context):
    """How often the log tells of each start and end: {(action, run id): times}; and its damaged lines."""
    counts, damaged = {}, 0
    for line in context.memory.path("satellites").read_bytes().split(b"\n")[:-1]:
        try:
            activity = json.loads(line)["activity"]
        except ValueError:
            damaged += 1
            continue
        if activity["action"] in ("procedure-start", "procedure-finish"):
            key = (activity["action"].removeprefix("procedure-"), activity["metadata"]["run_id"])
            counts[key] = counts.get(key, 0) + 1
    return counts, damaged


def seeded():
    """The same victims and moments each time, as far as a scheduler allows."""
    return random.Random(9)
