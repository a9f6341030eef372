"""The notebook runs on a real history from its first cell to its last, and says what is in that history."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from codesentinel.act.history import import_series
from codesentinel.model.series import Series
from storage import victoria_metrics

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "trends.py"
DISK = {"instance": "demo:9100", "job": "node", "device": "/dev/vda1", "fstype": "ext4", "mountpoint": "/"}
STEP, DAYS, SIZE = 300.0, 30, 100e9

RUN = """
import json, sys
import jupytext, nbclient
book = jupytext.read(sys.argv[1])
nbclient.NotebookClient(book, timeout=300, kernel_name="python3").execute()
print(json.dumps([[out for out in cell.get("outputs", [])] for cell in book.cells if cell.cell_type == "code"]))
"""


def history():
    """A month of a shop by day and night, with half of its traffic gone for three hours, and a disk that fills."""
    times = time.time() // STEP * STEP - STEP * np.arange(DAYS * 288)[::-1]
    chance = np.random.default_rng(11)
    rate = 20 - 8 * np.cos(2 * np.pi * times / 86400) + chance.normal(0, 0.4, len(times))
    gone = (times > times[-1] - 30 * 3600) & (times < times[-1] - 27 * 3600)
    rate[gone] *= 0.3
    left = 60e9 - 1e9 * (times - times[0]) / 86400 + chance.normal(0, 2e7, len(times))
    return [
        Series({"__name__": "service:http_server_requests:rate", "service": "shop"}, times, rate),
        Series({"__name__": "node_filesystem_avail_bytes", **DISK}, times, left),
        Series({"__name__": "node_filesystem_size_bytes", **DISK}, times, np.full(len(times), SIZE)),
        Series({"__name__": "node_filesystem_readonly", **DISK}, times, np.zeros(len(times))),
    ]


@pytest.mark.timeout(400)
def test_the_trends_notebook_says_what_is_in_the_history(tmp_path, monkeypatch):
    (tmp_path / "workspace" / ".git").mkdir(parents=True)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    with victoria_metrics(tmp_path / "vm") as server:
        import_series(server.url, history(), timeout_seconds=60)
        server.holds('{__name__=~"node_.*|service:.*"}', 4)
        monkeypatch.setenv("CODESENTINEL_SOURCES_HISTORY_URL", server.url)
        done = subprocess.run(
            [sys.executable, "-c", RUN, NOTEBOOK],
            cwd=tmp_path / "workspace",
            capture_output=True,
            text=True,
            check=False,
            timeout=350,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    cells = json.loads(done.stdout.splitlines()[-1])
    texts = ["".join(out.get("text", "") for out in cell) for cell in cells]
    assert "/ on demo:9100" in texts[1]
    assert "95% interval; every 1h; seasons: 1d" in texts[2]
    assert any("image/png" in out.get("data", {}) for out in cells[3])
    assert "daily: " in texts[4]
    assert "weekly: " not in texts[4]
    assert "scale: " in texts[4]
    assert "SCORE" in texts[5]
