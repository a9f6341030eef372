"""The tree of errors: each has a kind of its own, and the exit status that CONTRACTS names."""

from __future__ import annotations

import inspect

import pytest

from codesentinel.model import errors
from codesentinel.model.errors import CodesentinelError, ConfigurationError

CLASSES = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, CodesentinelError)]


def test_every_error_has_a_kind_of_its_own():
    kinds = [error.__dict__["kind"] for error in CLASSES]
    assert len(kinds) == len(set(kinds))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ("CodesentinelError", 1),
        ("UsageError", 2),
        ("ConfigurationError", 2),
        ("AlreadyRunning", 2),
        ("PortInUse", 2),
        ("CouldNotJudge", 3),
        ("Unreachable", 3),
        ("BadAnswer", 3),
        ("NoData", 3),
        ("NotInstalled", 3),
        ("NotRunning", 3),
        ("Refused", 4),
        ("Failed", 1),
        ("LogUnwritable", 1),
    ],
)
def test_the_shell_is_told_what_kind_of_trouble_it_is(error, status):
    assert getattr(errors, error).exit_status == status


def test_the_tree_in_the_docstring_is_the_tree_of_the_code():
    tree = errors.__doc__ or ""
    for error in CLASSES:
        (line,) = [line for line in tree.splitlines() if line.split()[:1] == [error.__name__]]
        assert line.split()[1] in (str(error.exit_status), "exit"), line
        (above,) = error.__bases__
        if above is not Exception:
            outer = next(other for other in tree.splitlines() if other.split()[:1] == [above.__name__])
            assert line.index(error.__name__) - outer.index(above.__name__) == 2


@pytest.mark.parametrize("error", [c for c in CLASSES if c is not ConfigurationError])
def test_an_error_carries_its_message_and_what_to_do_next(error):
    told = error("it broke", hint="mend it")
    assert (str(told), told.message, told.hint) == ("it broke", "it broke", "mend it")
    assert error("it broke").hint == ""


@pytest.mark.parametrize(
    ("problems", "message"),
    [
        (["a"], "1 mistake in the settings:\n  a"),
        (["a", "b"], "2 mistakes in the settings:\n  a\n  b"),
    ],
)
def test_mistakes_in_settings_are_counted_and_listed(problems, message):
    told = ConfigurationError("the settings", problems, hint="read the manual")
    assert told.message == message
    assert told.problems == tuple(problems)
    assert told.hint == "read the manual"
