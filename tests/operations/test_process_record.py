"""Recording and judging: what is written is what is read, at a bounded cost, and nothing is made up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codesentinel.capture.process_sampler import Sampler
from codesentinel.config.settings import Process, Settings
from codesentinel.model.errors import AlreadyRunning, NoData
from codesentinel.operations.process.anomalies import anomalies
from codesentinel.operations.process.record import record
from codesentinel.operations.process.replay import samples_folder
from codesentinel.render.document import plain
from codesentinel.store.process_samples import SampleReader, SampleWriter, remove_old, segment, segments
from process_histories import BEGAN, history, process, sampled
from stack_under_test import COMMAND
from victims import until, victim


def rows(sample):
    return {
        pid: (
            one.cpu_seconds, one.waited_seconds, one.private_bytes, one.fds, one.fds_limit, one.exe, one.argv_digest,
            one.process.handle, one.process.name, one.process.ppid, one.process.state, one.process.username,
            one.process.argv_shape, one.process.rss_bytes, one.process.start_ticks, one.process.flags,
        )
        for pid, one in sample.processes.items()
    }  # fmt: skip


def test_what_is_written_is_what_is_read(tmp_path):
    writer = SampleWriter(str(tmp_path), retention_seconds=1e9, most_bytes=10**9)
    sampler, written = Sampler(), []
    with victim("spinning"):
        for number in range(5):
            written.append(sampler.sample())
            writer.write(written[-1])
            if number == 2:
                with victim("idle"):
                    written.append(sampler.sample())
                    writer.write(written[-1])
    read = list(SampleReader(str(tmp_path)).samples())
    assert [one.time for one in read] == [one.time for one in written]
    for before, after in zip(written, read, strict=True):
        assert rows(after) == rows(before)
        assert after.host.available_bytes == before.host.available_bytes
        assert after.coverage == before.coverage


@pytest.mark.parametrize("field", ["handle", "name", "uid", "username", "flags", "argv_shape"])
def test_what_seldom_changes_is_written_again_when_it_does(tmp_path, field):
    writer = SampleWriter(str(tmp_path), retention_seconds=1e9, most_bytes=10**9)
    before, after = sampled(process()), sampled(process(), 1.0)
    setattr(after.process, field, 7 if field in ("uid", "flags") else "another")
    written = history([[before], [after]]).samples
    for sample in written:
        writer.write(sample)
    assert [rows(one) for one in SampleReader(str(tmp_path)).samples()] == [rows(one) for one in written]


def test_only_what_ran_is_written_again(tmp_path):
    writer = SampleWriter(str(tmp_path), retention_seconds=1e9, most_bytes=10**9)
    idle = [sampled(process(pid)) for pid in range(1, 500)]
    sizes = [
        writer.write(sample)
        for sample in history([[*idle, sampled(process(500), n)] for n in range(4)]).samples
    ]
    assert sizes[1] < sizes[0] / 100
    assert len(list(SampleReader(str(tmp_path)).samples())) == 4


def test_a_damaged_line_costs_only_what_hangs_on_it(tmp_path):
    writer = SampleWriter(str(tmp_path), retention_seconds=1e9, most_bytes=10**9)
    past = history([[sampled(process(100), n)] for n in range(130)])
    for sample in past.samples:
        writer.write(sample)
    [path] = segments(str(tmp_path))
    lines = Path(path).read_bytes().splitlines(keepends=True)
    lines[10] = b'{"key": false, "rows": [[1]]}\n'
    lines[70] = b"\xff\xfenot json\n"
    with open(path, "wb") as file:
        file.writelines(lines)
    read = [sample.time - BEGAN for sample in SampleReader(str(tmp_path)).samples()]
    assert read == [*range(10), *range(60, 70), *range(120, 130)]


def test_reading_goes_on_where_it_ended(tmp_path):
    writer = SampleWriter(str(tmp_path), retention_seconds=1e9, most_bytes=10**9)
    reader = SampleReader(str(tmp_path))
    past = history([[sampled(process(100), n)] for n in range(5)], step=1000.0)
    assert list(reader.samples()) == []
    for sample in past.samples:
        writer.write(sample)
        assert [one.time for one in reader.samples()] == [sample.time]
    assert len(segments(str(tmp_path))) == 2


@pytest.mark.parametrize("back", [300.0, 3600.0, 50 * 3600.0])
def test_a_clock_that_was_set_back_hides_no_sample(tmp_path, back):
    """Those of the future are passed over, and a segment that was left before is read again."""
    writer = SampleWriter(str(tmp_path), retention_seconds=1e9, most_bytes=10**9)
    reader = SampleReader(str(tmp_path), BEGAN - 60.0)
    past = history([[sampled(process(100), n)] for n in range(20)]).samples
    for number, sample in enumerate(past):
        if number == 10:
            assert len(list(reader.samples())) == 10
        sample.time -= back if number >= 10 else 0.0
        writer.write(sample)
    assert [one.time for one in reader.samples()] == [one.time for one in past[10:]]
    assert list(reader.samples()) == []
    now = past[-1].time
    shown = [one.time for one in SampleReader(str(tmp_path), now - 100.0).samples(now)]
    assert shown == [one.time for one in past[10:]]


def test_what_was_recorded_before_the_clock_was_set_back_is_not_judged(context):
    """The time between is not known; what came after is judged."""
    now = time.time()
    writer = SampleWriter(samples_folder(context), retention_seconds=1e9, most_bytes=10**9)
    past = history([[sampled(process(100), 0.0)] for _ in range(40)]).samples
    for number, sample in enumerate(past):
        sample.time = now - 21.0 + number if number < 20 else now - 40.0 + number
        writer.write(sample)
    seen = anomalies(context, window_seconds=0.01)
    assert len(seen.history.samples) == 20 + 2
    assert 18.0 <= seen.history.seconds() < 60.0


def test_old_segments_go_by_age_and_by_size(tmp_path):
    for hour in range(6):
        with open(segment(str(tmp_path), BEGAN + hour * 3600), "wb") as file:
            file.write(b"x" * 1000)
    assert len(remove_old(str(tmp_path), BEGAN + 2 * 3600, 10**9)) == 2
    assert len(remove_old(str(tmp_path), 0, 2500)) == 2
    assert len(segments(str(tmp_path))) == 2


def test_a_recorder_is_alone_and_costs_little(context):
    done = record(context, interval_seconds=0.2, duration_seconds=1.1)
    assert 2 <= done.samples <= 7
    assert done.processes_seen > 3
    recorder = subprocess.Popen(
        [COMMAND, "--workspace", context.root, "memory", "process", "record", "--interval", "1"],
        stderr=subprocess.PIPE,
    )
    try:
        assert b"recording" in recorder.stderr.readline()
        with pytest.raises(AlreadyRunning, match="recorded already"):
            record(context)
        until(lambda: segments(samples_folder(context)))
        time.sleep(0.2)
    finally:
        recorder.send_signal(2)
        recorder.stderr.read()
        recorder.stderr.close()
        assert recorder.wait(10) == 0
    events = [json.loads(line) for line in context.memory.path("process").read_text().splitlines()]
    assert events[-1]["activity"]["metadata"]["samples"] >= 1


def test_a_recorder_on_a_full_disk_says_so_and_goes_on(context):
    (context.state_dir / "process").mkdir(parents=True)
    for path in (segment(samples_folder(context), time.time() + shift) for shift in (0, 30)):
        os.makedirs(path, exist_ok=True)
    told = []
    done = record(context.but(tell=told.append), interval_seconds=0.1, duration_seconds=0.5)
    assert done.samples == 0
    assert sum("could not be written" in line for line in told) == 1


def test_the_bounds_are_settings(context):
    settings = Settings(process=Process(record_interval_seconds=1.0))
    assert record(context.but(settings=settings), duration_seconds=0.1).samples == 1


def test_anomalies_of_real_processes_without_any_history(context):
    with victim("zombie"), victim("idle"):
        found = anomalies(context)
    document = plain(found)
    assert document["scanned"] > 3
    assert document["thresholds"]["min_runtime_seconds"] == 600.0
    assert "restart loop" in document["not_judged"]
    facts = json.loads(context.memory.path("process").read_text().splitlines()[-1])["activity"]
    assert facts["action"] == "process_anomalies_scan"
    assert facts["metadata"]["hit_count"] == len(document["findings"])
    assert set(facts["metadata"]["thresholds"]) == {"cpu_ratio", "memory_ratio", "min_runtime_seconds"}


def test_zombies_and_a_false_kernel_thread_are_found_for_real(context):
    script = (
        "import os, sys, time, ctypes\n"
        "for _ in range(6):\n"
        "    if os.fork() == 0: os._exit(0)\n"
        "ctypes.CDLL(None).prctl(15, b'kworker/0:9', 0, 0, 0)\n"
        "sys.stdout.write('r'); sys.stdout.flush(); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    try:
        assert child.stdout.read(1) == b"r"
        until(lambda: {one.kind for one in anomalies(context).findings if one.evidence["pid"] == child.pid} >= {
            "process-zombies", "process-false-kernel-thread",
        })  # fmt: skip
    finally:
        child.kill()
        child.stdout.close()
        child.wait()


def test_the_past_is_judged_as_the_present_was(context):
    """A starved spinner is told from what was recorded, when it has long ended."""
    writer = SampleWriter(samples_folder(context), retention_seconds=1e9, most_bytes=10**9)
    past = history([[sampled(process(100, state="R"), n * 0.4, waited_seconds=n * 0.58)] for n in range(60)])
    for sample in past.samples:
        writer.write(sample)
    found = anomalies(context, at=past.last.time)
    assert [one.kind for one in found.findings] == ["process-runaway"]
    assert found.not_judged == []
    early = anomalies(context, at=BEGAN + 5)
    assert early.findings == ()
    assert "runaway by demand" in early.not_judged
    with pytest.raises(NoData):
        anomalies(context, at=BEGAN + 7200)


def test_what_lies_before_a_gap_is_not_judged(context):
    writer = SampleWriter(samples_folder(context), retention_seconds=1e9, most_bytes=10**9)
    for shift in (0.0, 300.0):
        for sample in history([[sampled(process(100), n)] for n in range(5)]).samples:
            sample.time += shift
            writer.write(sample)
    assert len(anomalies(context, at=BEGAN + 304).history.samples) == 5
