"""A slice of the benchmark of ten hosts: few of them, for seconds, with the store cut off for one."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks" / "fleet"))

from ten_hosts import MOST_RSS_BYTES, run


def test_everything_is_in_the_store_once_and_memory_is_bounded(tmp_path):
    done = run(
        hosts=2, rate=200, seconds=6, cut=(1.0, 4.0), folder=tmp_path, is_net=False, tell=lambda _: None
    )
    assert done["events"] > 500
    assert (done["missing"], done["twice"], done["findings"]) == (0, 0, 0)
    assert 0 < done["most_rss_bytes"] < MOST_RSS_BYTES
