"""A slice of the benchmark of killed rollouts: real processes, real SIGKILLs, a real Envoy under load."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks" / "canary"))

from rollout import killed


@pytest.mark.stack
@pytest.mark.timeout(400)
def test_killed_at_random_moments_rollouts_end_rightly_and_no_request_is_lost(tmp_path):
    found = killed(tmp_path, kills=2, rate=60, seed=11)
    assert found.wrong == []
    assert found.lost == 0
    assert found.requests > 100
