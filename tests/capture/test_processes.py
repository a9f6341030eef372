"""Reading /proc: true figures, no crash on anything it may hold, and what could not be read is counted."""

from __future__ import annotations

import os
import time

import pytest

from codesentinel.capture.process_clock import Window, cpu_seconds, waited_seconds
from codesentinel.capture.process_detail import detail, fd_count, private_bytes
from codesentinel.capture.process_handle import Handles, kernel_numbers_processes
from codesentinel.capture.process_sampler import Sampler
from codesentinel.capture.processes import argv_of, one, scan
from codesentinel.model.errors import CouldNotJudge
from victims import until, victim

STAT = "{pid} ({name}) S 1 1 1 0 -1 4194304 10 20 0 0 5 7 1 2 20 0 3 0 999 8192000 250 1844674407 0 0\n"


def fake(proc, pid, name="quiet", stat=None, argv=b"quiet\0"):
    folder = proc / str(pid)
    folder.mkdir()
    raw = (
        STAT.format(pid=pid, name="@")
        .encode()
        .replace(b"@", name if isinstance(name, bytes) else name.encode())
    )
    (folder / "stat").write_bytes(raw if stat is None else stat)
    (folder / "cmdline").write_bytes(argv)


def test_what_is_read_of_ourselves_is_true():
    me = scan().processes[os.getpid()]
    assert me.ppid == os.getppid()
    assert me.uid == os.geteuid()
    assert me.name == one(os.getpid()).name
    assert abs(me.start_time - time.time()) < 6 * 3600
    used = sum(os.times()[:2])
    assert me.cpu_seconds == pytest.approx(used, abs=0.1)
    assert me.rss_bytes > 5_000_000
    assert not me.is_kernel_thread
    assert argv_of(os.getpid())[0]


def test_the_start_time_is_right_to_a_tick():
    before = time.time()
    with victim() as child:
        assert before - 0.05 <= scan().processes[child.pid].start_time <= time.time() + 0.05


def test_family():
    with victim("children") as child:
        seen = scan()
        assert seen.processes[child.pid].ppid == os.getpid()
        assert len(seen.children()[child.pid]) == 5
        first = seen.children()[child.pid][0]
        assert seen.ancestors(first)[:2] == [child.pid, os.getpid()]


@pytest.mark.parametrize(
    "name",
    ["a) S 1 (b", "((((", ")", "  ", b"\xff\xfe\xe9", b"\x1b[2J\x1b]0;x\x07", b"new\nline", b"\x80" * 15],
)
def test_any_name_is_read_and_the_fields_behind_it_are_right(tmp_path, name):
    fake(tmp_path, 42, name)
    process = scan(str(tmp_path)).processes[42]
    assert (process.ppid, process.threads, process.start_ticks) == (1, 3, 999)
    raw = name if isinstance(name, bytes) else name.encode()
    assert process.name.encode("utf-8", "surrogateescape") == raw


def test_what_cannot_be_read_is_counted_and_hides_nothing(tmp_path):
    fake(tmp_path, 1)
    fake(tmp_path, 2, stat=b"")
    fake(tmp_path, 3, stat=b"3 (cut")
    fake(tmp_path, 4, stat=b"4 (short) S 1 2")
    (tmp_path / "5").mkdir()
    fake(tmp_path, 6, stat=b"")
    (tmp_path / "6" / "stat").unlink()
    (tmp_path / "6" / "stat").mkdir()
    (tmp_path / "self").mkdir()
    seen = scan(str(tmp_path))
    assert list(seen.processes) == [1]
    assert seen.vanished == 1
    assert seen.unreadable == {"not understood": 3, "is a directory": 1}
    assert seen.coverage()["unreadable"] == seen.unreadable


def test_no_proc_at_all_is_said(tmp_path):
    with pytest.raises(CouldNotJudge, match="cannot be read"):
        scan(str(tmp_path / "none"))
    with pytest.raises(CouldNotJudge, match="no process can be read"):
        scan(str(tmp_path))


def test_20_000_processes(tmp_path):
    for pid in range(1, 20_001):
        fake(tmp_path, pid)
    began = time.process_time()
    seen = scan(str(tmp_path))
    assert len(seen.processes) == 20_000
    assert seen.ancestors(20_000) == [1]
    assert time.process_time() - began < 20


def test_a_megabyte_of_arguments(tmp_path):
    fake(tmp_path, 7, argv=b"app\0" + b"x" * 1_000_000 + b"\0" + b"\xff\xe9\0")
    argv = argv_of(7, str(tmp_path))
    assert [len(word) for word in argv] == [3, 1_000_000, 2]
    assert argv_of(8, str(tmp_path)) is None


def test_processes_that_come_and_go_while_they_are_read():
    import subprocess
    import threading

    stop = threading.Event()

    def churn():
        while not stop.is_set():
            subprocess.run(["/bin/true"], check=False)

    threads = [threading.Thread(target=churn) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        sampler = Sampler()
        for _ in range(100):
            assert os.getpid() in scan().processes
            assert os.getpid() in sampler.sample().processes
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_cpu_of_a_spinner_is_there_in_the_first_sample_and_nothing_of_an_idle_one():
    with victim("spinning") as spinner, victim("idle") as idle:
        window = Window([spinner.pid, idle.pid], waiting=True)
        time.sleep(0.3)
        used, demanded = window.close()
    assert used[spinner.pid] > 0.1
    assert used[idle.pid] < 0.05
    assert demanded[spinner.pid] >= used[spinner.pid]


@pytest.mark.skipif(not os.path.exists("/proc/self/schedstat"), reason="this kernel tells no waiting times")
def test_a_starved_spinner_demands_a_whole_core():
    """Pinned to one core with three others it gets a quarter, and wants all of it."""
    cores = os.sched_getaffinity(0)
    one_core = {min(cores)}
    spinners = [victim("spinning") for _ in range(4)]
    children = [one_spinner.__enter__() for one_spinner in spinners]
    try:
        for child in children:
            os.sched_setaffinity(child.pid, one_core)
        window = Window([child.pid for child in children], waiting=True)
        time.sleep(1.5)
        used, demanded = window.close()
    finally:
        for one_spinner in spinners:
            one_spinner.__exit__(None, None, None)
    for child in children:
        assert used[child.pid] < 0.6
        assert demanded[child.pid] > 0.85


def test_clocks_of_those_that_are_not_there():
    assert cpu_seconds(2**22 + 1) is None
    assert waited_seconds(2**22 + 1) is None
    assert private_bytes(2**22 + 1) is None
    assert fd_count(2**22 + 1) is None


def test_detail_of_a_process():
    with victim() as child:
        found = detail(child.pid, threads=True, proportional=True)
    assert found.cwd == os.getcwd()
    assert "python" in found.exe
    assert found.fds >= 3
    assert found.fd_limit
    assert found.namespace_pids[0] == child.pid
    assert found.proportional_bytes
    assert found.unreadable == []


def test_the_environment_is_never_read():
    import codesentinel.capture as package

    folder = os.path.dirname(package.__file__)
    for name in os.listdir(folder):
        if name.endswith(".py"):
            with open(os.path.join(folder, name)) as file:
                assert "/environ" not in file.read()


def test_handles_are_stable_and_differ():
    with victim() as first, victim() as second:
        handles, seen = Handles(), scan()
        names = [str(handles.of(seen.processes[child.pid])) for child in (first, second)]
        assert names == [str(Handles().of(scan().processes[child.pid])) for child in (first, second)]
        assert names[0] != names[1]
        if not kernel_numbers_processes():
            assert ":t" in names[0]


def test_a_sampler_sees_what_a_whole_reading_sees():
    with victim("children") as child:
        sampler = Sampler()
        sampler.sample()
        with victim("spinning") as spinner:
            time.sleep(0.1)
            sample, seen = sampler.sample(), scan()
            assert child.pid in sample.processes
            assert sample.processes[spinner.pid].cpu_seconds > 0
            assert abs(len(sample.processes) - len(seen.processes)) <= 30  # others come and go
            for pid in (child.pid, spinner.pid, os.getpid()):
                process = sample.processes[pid].process
                assert (process.ppid, process.start_ticks, process.name) == (
                    seen.processes[pid].ppid,
                    seen.processes[pid].start_ticks,
                    seen.processes[pid].name,
                )
        until(lambda: spinner.pid not in sampler.sample().processes)


def test_a_process_that_has_not_run_is_not_read_again():
    with victim() as child:
        sampler = Sampler()
        time.sleep(0.2)
        first = sampler.sample().processes[child.pid]
        assert sampler.sample().processes[child.pid] is first


def test_a_program_that_is_deleted_while_it_sleeps_is_noticed_at_the_next_refresh(tmp_path):
    import shutil
    import subprocess

    program = tmp_path / "worker"
    shutil.copy("/bin/sleep", program)
    child = subprocess.Popen([program, "60"])
    try:
        sampler = Sampler()
        until(lambda: sampler.sample().processes[child.pid].exe == str(program))
        program.unlink()
        for _ in range(13):
            sample = sampler.sample()
        assert sample.processes[child.pid].exe == f"{program} (deleted)"
    finally:
        child.kill()
        child.wait()
