"""Shared fixtures."""

from __future__ import annotations

import pytest

from codesentinel.config.settings import Settings
from codesentinel.operations.base import Context
from codesentinel.store.session_memory import SessionMemory
from stack_fixtures import capture, running, stack  # noqa: F401 - one stack for all folders


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Who runs which test, where several workers do and groups are asked for."""
    if config.getvalue("dist") != "loadgroup":
        return None
    from groups import Groups

    return Groups(config, log)


@pytest.fixture
def context(tmp_path):
    """A context in an empty workspace, with default settings and progress kept in a list."""
    told: list[str] = []
    root = tmp_path / "workspace"
    (root / ".git").mkdir(parents=True)
    return Context(root, Settings(), SessionMemory(root, session_id="s-1", agent_id="tester"), told.append)
