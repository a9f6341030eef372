"""Real file systems that are full, read-only or bounded, each in a mount namespace of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import pytest

PRELUDE = """
import json, os, sys
from pathlib import Path
from codesentinel.store.log import AppendOnlyLog
from codesentinel.store.session_memory import SessionMemory
root, told = Path(sys.argv[1]), []
memory = SessionMemory(root, session_id="s", agent_id="a", warn=told.append)
def write(size):
    return memory.log_domain_activity("disk", {"action": "write", "metadata": {"x": "y" * size}})
def kept():
    lines = memory.path("disk").read_bytes().splitlines(keepends=True)
    assert all(line.endswith(b"\\n") for line in lines)
    return [len(json.loads(line)["activity"]["metadata"]["x"]) for line in lines]
"""


def on_disk(folder, options, script, *then):
    """Run ``script`` where ``folder`` is a tmpfs of its own; skip where namespaces are forbidden."""
    mounts = [f"mount -t tmpfs -o {options} tmpfs {folder}", *(each.format(folder) for each in then)]
    probe = subprocess.run(["unshare", "-rm", "sh", "-c", mounts[0]], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip(f"no mount namespaces here: {probe.stderr.decode().strip()}")
    inside = " && ".join([*mounts, 'exec "$0" -c "$1" "$2"'])
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", inside, sys.executable, PRELUDE + textwrap.dedent(script), folder],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("size", [50, 700, 9000])
def test_a_full_disk_never_tears_a_line_and_is_told_once(tmp_path, size):
    written, kept, told = on_disk(
        tmp_path,
        "size=48k",
        f"print(json.dumps([sum(write({size}) for _ in range(300)), len(kept()), told]))",
    )
    assert written == kept
    assert 0 < written < 300
    (warning,) = told
    assert warning.startswith(
        "warning: not recorded: the log docs/domains/disk/history.jsonl could not be written: "
    )
    assert "No space left on device" in warning or "only part of the record fitted" in warning
    assert "free space" in warning


def test_a_disk_that_has_room_again_is_written_again_and_a_second_time_full_told_again(tmp_path):
    answers, kept, told = on_disk(
        tmp_path,
        "size=48k",
        """
        ballast = root / "ballast"
        answers = [write(10)]
        for _ in range(2):
            with open(ballast, "wb", 0) as file:
                try:
                    while True: file.write(bytes(512))
                except OSError: pass
            while write(1000): answers.append(True)
            answers.append(write(9000))
            ballast.unlink()
            answers.append(write(20))
        print(json.dumps([answers, kept(), told]))
        """,
    )
    assert answers.count(True) == len(kept)
    assert answers.count(False) == 2
    assert kept[-1] == 20
    assert len(told) == 2


def test_a_torn_tail_on_a_full_disk_does_not_stop_the_log(tmp_path):
    """There is no room to put it aside: it was never acknowledged, and gives its room to what comes."""
    answer, kept = on_disk(
        tmp_path,
        "size=48k",
        """
        write(10)
        with open(memory.path("disk"), "ab", 0) as file:
            try:
                while True: file.write(b"x" * 4096)
            except OSError: pass
        print(json.dumps([write(30), kept()]))
        """,
    )
    assert (answer, kept) == (True, [10, 30])


@pytest.mark.parametrize("there", [True, False])
def test_a_read_only_workspace_is_told_and_fails_nobody(tmp_path, there):
    prepare = ["mkdir -p {0}/docs/domains/disk && touch {0}/docs/domains/disk/history.jsonl"] if there else []
    answers, told = on_disk(
        tmp_path,
        "size=48k",
        "print(json.dumps([[write(1), write(1)], told]))",
        *prepare,
        "mount -o remount,ro {}",
    )
    assert answers == [False, False]
    (warning,) = told
    assert "could not be written: Read-only file system" in warning


def test_a_record_beyond_the_file_size_limit_is_taken_back(tmp_path):
    script = """
    import resource, signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (800, 800))
    print(json.dumps([[write(100), write(100), write(5000), write(1)], kept(), told]))
    """
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + textwrap.dedent(script), tmp_path],
        capture_output=True,
        text=True,
        check=True,
    )
    answers, kept, told = json.loads(done.stdout)
    assert answers[:3] == [True, False, False] or answers[:3] == [True, True, False]
    assert len(kept) == answers.count(True)
    assert "only part of the record fitted; it was taken back" in told[0] or "File too large" in told[0]


def test_a_warning_that_cannot_be_told_fails_nobody(tmp_path):
    script = """
    (root / "docs").write_text("in the way")
    silent = SessionMemory(root)
    sys.stderr.close()
    answers = [silent.log_domain_activity("disk", {"action": "x"})]
    sys.stderr = None
    answers.append(SessionMemory(root).log_domain_activity("disk", {"action": "x"}))
    print(json.dumps(answers))
    """
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + textwrap.dedent(script), tmp_path],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == [False, False]
