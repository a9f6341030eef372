"""One newcomer with one running stack for the tutorial, every page's commands and the pictures."""

from __future__ import annotations

import contextlib
import signal

import pytest

from newcomer import Newcomer
from reader_world import Reader


@pytest.fixture(scope="session")
def newcomer(tmp_path_factory):
    """Whoever cloned the repository and typed ``make up``; at the end Ctrl-C ends all of it."""
    one = Newcomer(tmp_path_factory.mktemp("newcomer"))
    try:
        one.make_up()
        yield one
    finally:
        status = one.ctrl_c()
    assert status in (0, 130, -signal.SIGINT), one.first_terminal.read_text()[-2000:]


@pytest.fixture(scope="session")
def reader(newcomer, tmp_path_factory):
    """A newcomer who has what pages take for granted."""
    with contextlib.ExitStack() as held:
        yield Reader(newcomer, tmp_path_factory.mktemp("reader"), held)
