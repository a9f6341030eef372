"""Notebooks on canaries and on procedures: what they find is what was put there."""

from __future__ import annotations

import re
import time

import pytest

from notebook_run import execute
from procedure_events import put_all, runs_of, said

pytestmark = [pytest.mark.xdist_group("notebooks"), pytest.mark.timeout(400)]

CANARY = """
deadline: 30m
metrics:
  - {name: latency, kind: latency, histogram: h, margin: {relative: 0.05}, quantiles: [0.9]}
"""
PROCEDURES = """# Guide

## Common Procedures

### Procedure 1: Release

1. **Build**: run make.
2. **Tag**: use git.
3. **Push**: to main.

### Procedure 2: Roll back

1. **Find**: the last good one.
2. **Deploy**: it.
3. **Tell**: the others.

### Procedure 3: Rotate keys

1. **Make**: a key.
2. **Put**: it there.
3. **Revoke**: the old one.
"""


@pytest.fixture
def workspace(tmp_path):
    root = tmp_path / "workspace"
    (root / ".git").mkdir(parents=True)
    return root


def test_a_slow_down_of_ten_percent_is_caught_where_there_is_traffic_enough(workspace, tmp_path):
    (workspace / "canary.yaml").write_text(CANARY)
    done = execute("canary_power_analysis", workspace, tmp_path)
    assert "10% -> 12.6%, 1.26 times as many" in done.texts[1]
    stopped = [float(share) for share in re.findall(r"1 times, within margin +([\d.]+)%", done.texts[2])]
    assert len(stopped) == 3
    assert max(stopped) <= 10, "false alarms"
    caught = {
        int(requests): int(share)
        for requests, share in re.findall(r"(\d+) requests a minute: (\d+)% caught", done.texts[3])
    }
    assert list(caught) == [100, 400, 1600]
    assert caught[1600] >= 80
    assert caught[100] < caught[400] < caught[1600]
    assert "enough: 1600" in done.texts[3]


def test_a_quarter_of_procedures_is_told_with_what_to_do(workspace, tmp_path):
    (workspace / "github").mkdir()
    (workspace / "github" / "AGENT_INSTRUCTIONS.md").write_text(PROCEDURES)
    at = time.time() - 3600
    put_all(
        workspace,
        [
            *runs_of(40, 24, prefix="bad", procedure="github/PROC-1", at=at),
            *runs_of(40, 0, prefix="good", procedure="github/PROC-2", at=at),
            said("github/PROC-1", at=at, clarity=2, usefulness=3),
        ],
    )
    done = execute("satellite_review", workspace, tmp_path)
    assert "github/PROC-1" in done.texts[1]
    assert "60" in done.texts[1], "24 of 40 failed"
    advice = dict(re.findall(r"(?m)^(?:rewrite|retire|keep|wait) +(\S+): ?(.*)$", done.texts[-1]))
    said_of = {name: word for word, name in re.findall(r"(?m)^(\w+) +(github/PROC-\d):", done.texts[-1])}
    assert said_of["github/PROC-1"] == "rewrite"
    assert said_of["github/PROC-2"] == "keep"
    assert said_of["github/PROC-3"] in ("retire", "wait")
    assert advice["github/PROC-1"]
