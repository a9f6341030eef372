"""py-spy samples a real process; where the kernel forbids it, the message says what to set."""

from __future__ import annotations

import subprocess

import pytest

from busy_program import busy_program
from codesentinel.capture.profiles.sampler import Asked, failure, sample
from codesentinel.model.errors import Failed, NoSuchProcess, Unauthorized


@pytest.fixture
def busy(tmp_path):
    with busy_program(tmp_path) as pid:
        yield pid


def test_a_busy_process_is_seen_where_it_is_busy(busy):
    found = sample(Asked(pid=busy, duration_seconds=2, rate_hertz=50))
    assert found.samples >= 10
    names = {frame.function for stack in found.stacks for frame in stack.frames}
    assert {"inner", "outer"} <= names
    assert found.has_course
    assert found.rate_hertz == 50
    assert found.sampler_cpu_seconds is not None
    assert all(sum(stack.course) == stack.samples for stack in found.stacks)


def test_a_process_that_is_none_is_told():
    with pytest.raises(NoSuchProcess, match="no process 4194304"):
        sample(Asked(pid=4_194_304, duration_seconds=1))


@pytest.mark.parametrize(
    "said",
    [
        "Permission Denied: Try running again with elevated permissions by going 'sudo env \"PATH=$PATH\" !!'",
        "Error: Failed to get process executable name.\n\nCaused by:\n    0: Permission denied (os error 13)",
        "Error: Operation not permitted (os error 1)",
    ],
)
def test_a_refusal_by_ptrace_says_what_to_set(said):
    told = failure(said, 1, 1)
    assert isinstance(told, Unauthorized)
    assert told.exit_status == 3
    for word in ("kernel.yama.ptrace_scope=0", "CAP_SYS_PTRACE", "--cap-add SYS_PTRACE"):
        assert word in told.hint


def test_what_is_no_python_is_told(tmp_path):
    child = subprocess.Popen(["sleep", "60"])
    try:
        with pytest.raises(Failed, match="runs no Python"):
            sample(Asked(pid=child.pid, duration_seconds=1))
    finally:
        child.kill()
        child.wait()
