"""Work in a process of its own: its results, its errors, and its end."""

from __future__ import annotations

import os
import sys
import time

import pytest

from codesentinel.model.errors import ConfigurationError, CouldNotJudge, NoData, UsageError
from codesentinel.operations.aside import aside

GENEROUS_SECONDS = 60.0


def told(context, *, number):
    print("what is printed does not end up in the answer")
    return number + 1, str(context.root), context.settings.review.since_seconds, os.getpid()


def refused(_context):
    raise NoData("nothing there", hint="look elsewhere")


def configured(_context):
    raise ConfigurationError("file", ["one"])


def broken(_context):
    raise ZeroDivisionError("by zero")


def ended(_context):
    os._exit(7)


def slow(_context, mark):
    with open(mark, "w", encoding="utf-8") as file:
        file.write(str(os.getpid()))
    time.sleep(600)


@pytest.fixture(autouse=True)
def found(monkeypatch):
    """The child finds this module by its name."""
    monkeypatch.setenv("PYTHONPATH", os.path.dirname(__file__))
    monkeypatch.setitem(sys.modules, "test_aside", sys.modules[__name__])
    for work in (told, refused, configured, broken, ended, slow):
        monkeypatch.setattr(work, "__module__", "test_aside")


def test_it_runs_in_another_process_and_the_same_context(context):
    number, root, since, pid = aside(context, GENEROUS_SECONDS, told, number=4)
    assert (number, root, since) == (5, str(context.root), context.settings.review.since_seconds)
    assert pid != os.getpid()


def test_its_errors_are_raised_again_with_their_hints(context):
    with pytest.raises(NoData, match="nothing there") as caught:
        aside(context, GENEROUS_SECONDS, refused)
    assert caught.value.hint == "look elsewhere"
    with pytest.raises(UsageError, match="1 mistake in file"):
        aside(context, GENEROUS_SECONDS, configured)


def test_a_defect_and_a_sudden_end_are_no_verdict(context):
    with pytest.raises(CouldNotJudge, match="exit status 1: ZeroDivisionError: by zero"):
        aside(context, GENEROUS_SECONDS, broken)
    with pytest.raises(CouldNotJudge, match=r"exit status 7$"):
        aside(context, GENEROUS_SECONDS, ended)


def test_what_takes_too_long_is_ended(context, tmp_path):
    mark = tmp_path / "pid"
    with pytest.raises(CouldNotJudge, match="it took longer than 3 s"):
        aside(context, 3.0, slow, str(mark))
    if mark.exists():  # on a machine that is short of time it may not even have begun
        assert not os.path.exists(f"/proc/{mark.read_text(encoding='utf-8')}")
