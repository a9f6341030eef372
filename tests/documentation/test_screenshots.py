"""The screenshots of the documents can be taken again, and something is on them."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from PIL import Image

from documented import ROOT
from servers import eventually
from unmeasured import UNMEASURED

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("newcomer")]

FEWEST_COLOURS = 8


@pytest.mark.timeout(400)
def test_every_screenshot_is_taken_again(newcomer, tmp_path):
    eventually(lambda: newcomer.query("prometheus", "sum(service:http_server_requests:rate) > 0"), within=90)
    done = subprocess.run(
        [sys.executable, "tools/screenshots.py", "--viewer", newcomer.url("viewer"), "--output", tmp_path],
        cwd=ROOT,
        env=UNMEASURED,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    texts = "\n".join(
        page.read_text(encoding="utf-8") for page in [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]
    )
    shown = set(re.findall(r"assets/screenshots/([a-z-]+\.png)", texts))
    assert shown
    assert shown == {path.name for path in tmp_path.iterdir()}
    for name in shown:
        with (
            Image.open(tmp_path / name) as taken,
            Image.open(ROOT / "docs/assets/screenshots" / name) as kept,
        ):
            assert taken.size == kept.size
            assert len(taken.convert("RGB").getcolors(1 << 24)) >= FEWEST_COLOURS, f"{name} is blank"
