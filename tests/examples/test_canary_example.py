"""The example of a canary, in its short version: one release that fails."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from asgi import ROOT
from servers import CACHE


def four_free_ports():
    """The first of four ports in a row that nobody listens on."""
    for first in range(14_700, 18_000, 4):
        with socket.socket() as probe:
            if all(probe.connect_ex(("127.0.0.1", first + n)) for n in range(4)):
                return first
    raise AssertionError("no four free ports in a row")


@pytest.mark.stack
@pytest.mark.timeout(400)
def test_a_failing_release_is_rolled_back_by_one_command():
    done = subprocess.run(
        [
            sys.executable,
            ROOT / "examples/canary/run.py",
            "--port",
            str(four_free_ports()),
            "--only",
            "failing",
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=350,
        env={**os.environ, "CODESENTINEL_STACK_COMPONENTS_DIR": str(CACHE)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rolled-back" in done.stdout
    assert "harm beyond the margin: errors" in done.stdout
    assert "the canary gets 0% now; what arrives agrees with the weights" in done.stdout
    assert "shop: stopped" in done.stdout
