"""Looking at processes, as commands: the JSON that others rely on, the record, and what people read."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import time

import pytest

from codesentinel.model.errors import NoData, NoSuchProcess, UsageError
from codesentinel.operations.process.detail import detail
from codesentinel.operations.process.record import record
from codesentinel.operations.process.snapshot import snapshot
from codesentinel.operations.process.top import top
from codesentinel.operations.process.views import group, system, tree
from codesentinel.operations.process.watch import watch
from codesentinel.render.document import plain
from codesentinel.render.process_text import groups_text, table_text, tree_text
from stack_under_test import COMMAND
from victims import until, victim

COMMON = {
    "pid", "handle", "ppid", "name", "username", "rss_bytes", "cpu_ratio", "start_time", "status", "argv_shape",
}  # fmt: skip
LINE = {
    "timestamp", "pid", "handle", "ppid", "ancestors", "name", "username", "status", "rss_bytes", "cpu_seconds",
    "start_time", "threads", "argv_shape",
}  # fmt: skip


def last_record(context):
    return json.loads(context.memory.path("process").read_text().splitlines()[-1])["activity"]


def run(*words, cwd, status=0, **more):
    done = subprocess.run(
        [COMMAND, "memory", "process", *words], cwd=cwd, capture_output=True, text=True, check=False, **more
    )
    assert done.returncode == status, done.stderr
    return done


def test_system_shows_the_biggest_and_counts_all(context):
    table = system(context, limit=3)
    document = plain(table)
    assert set(document["processes"][0]) == COMMON
    sizes = [one["rss_bytes"] for one in document["processes"]]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) == 3
    assert document["total_scanned"] >= len(sizes)
    assert (document["limit"], document["unreadable"]) == (3, 0)
    facts = last_record(context)
    assert facts["action"] == "discovery_system_scan"
    assert facts["metadata"]["total_scanned"] == document["total_scanned"]
    assert (facts["metadata"]["limit"], facts["metadata"]["verbose_mode"]) == (3, False)


def test_system_by_cpu_finds_the_spinner_first(context):
    with victim("spinning") as child:
        table = system(context, limit=4, sort="cpu")
    assert child.pid in [process.pid for process in table.processes]
    assert table.window_seconds == pytest.approx(0.25, abs=0.2)


@pytest.mark.parametrize("sort", ["memory", "cpu", "time", "threads", "start", "pid"])
def test_every_order(context, sort):
    assert len(system(context, sort=sort, limit=2, window_seconds=0.01).processes) == 2


def test_filters(context):
    with victim("idle", "needle-in-argv") as child:
        by_term = system(context, match="NEEDLE-in-argv", limit=0)
        assert child.pid in [process.pid for process in by_term.processes]
        for match in ("argv:needle-[a-z]+", f"pid:^{child.pid}$", f"ppid:^{os.getpid()}$"):
            assert child.pid in [process.pid for process in system(context, match=match, limit=0).processes]
        assert not system(context, match="name:^nobody-has-this-name$").processes
        assert not system(context, match="user:^nobody-has-this-login$").processes
    with pytest.raises(UsageError, match="no such filter key"):
        system(context, match="colour:red")
    with pytest.raises(UsageError, match="--filter"):
        system(context, match="name:[")
    with pytest.raises(UsageError, match="cannot sort"):
        system(context, sort="beauty")


def test_arguments_are_shown_by_shape_and_only_on_request_in_full_and_redacted(context):
    with victim("idle", "--password=hunter2", "visible-word") as child:
        shape = system(context, match=f"pid:^{child.pid}$")
        assert "--password=<7> <12>" in shape.processes[0].argv_shape
        assert "hunter2" not in json.dumps(plain(shape))
        full = system(context, match=f"pid:^{child.pid}$", full_argv=True)
        [text] = full.commands.values()
        assert "visible-word" in text
        assert "hunter2" not in text
        assert "hunter2" not in context.memory.path("process").read_text()


def test_detail_has_the_fields_of_the_contract(context):
    with victim("spinning") as child:
        document = plain(detail(context, pid=str(child.pid), verbose_mode=True))["process"]
    assert set(document) >= COMMON | {
        "threads", "runtime_seconds", "cpu_seconds", "vms_bytes", "fds", "ancestors", "read_bytes", "write_bytes",
        "cwd", "cgroup",
    }  # fmt: skip
    assert document["cpu_ratio"] > 0.05
    assert document["demand_ratio"] >= document["cpu_ratio"]
    assert document["ancestors"][0] == os.getpid()
    assert document["runtime_seconds"] < 60
    facts = last_record(context)
    assert facts["action"] == "detail_inspection"
    assert (facts["metadata"]["pid"], facts["metadata"]["verbose_mode"]) == (child.pid, True)
    assert facts["metadata"]["rss_bytes"] == document["rss_bytes"]


def thread_times(context, pid):
    found = plain(detail(context, pid=str(pid), verbose_mode=True))["process"]
    return [thread["cpu_seconds"] for thread in sorted(found["thread_times"], key=lambda one: -one["tid"])]


def test_threads_are_counted_together(context):
    script = (
        "import threading, time\n"
        "threading.Thread(target=lambda: [None for _ in iter(int, 1)], daemon=True).start()\n"
        "print('r', flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    try:
        child.stdout.read(1)
        began = thread_times(context, child.pid)
        until(lambda: sum(thread_times(context, child.pid)) > sum(began) + 0.5, seconds=60)
        found = plain(detail(context, pid=str(child.pid), window_seconds=0.3, verbose_mode=True))["process"]
        assert found["threads"] == 2 == len(found["thread_times"])
        assert found["cpu_ratio"] > 0.05
        first, second = (
            now - before for now, before in zip(thread_times(context, child.pid), began, strict=True)
        )
        assert first > 10 * second, "one of them does the work"
    finally:
        child.kill()
        child.stdout.close()
        child.wait()


def test_an_old_handle_and_an_id_of_nobody_are_exit_3(context):
    with victim() as child:
        pid = child.pid
        handle = system(context, match=f"pid:^{pid}$").processes[0].handle
        assert detail(context, pid=handle).process.pid == pid
        assert detail(context, pid=f"{pid}:{handle}").process.pid == pid
        with pytest.raises(NoSuchProcess, match="given to another"):
            detail(context, pid=re.sub(r":t?\d+-", ":9-", handle) if ":t" not in handle else f"{pid}:t9")
    with pytest.raises(NoSuchProcess) as told:
        tree(context, pid=str(pid))
    assert told.value.exit_status == 3


def test_tree_shows_ancestors_and_descendants(context):
    with victim("children") as child:
        found = tree(context, pid=str(child.pid))
        document = plain(found)
        text = tree_text(found)
    assert document["ancestors"][0]["pid"] == os.getpid()
    assert len(document["root"]["children"]) == 5
    assert document["root"]["children"][0]["children"] == []
    assert "5 descendants" in text
    assert text.count(f"({child.pid}:") == 1
    facts = last_record(context)
    assert (facts["action"], facts["metadata"]["pid"]) == ("process_tree_view", child.pid)
    assert facts["metadata"]["depth"] == 100
    cut = plain(tree(context, pid=str(os.getpid()), depth=0))
    assert cut["root"]["children"] == []


def test_groups(context):
    with victim("children"):
        by_command = {one.name: one for one in group(context)}
        assert any(one.count >= 6 for one in by_command.values())
        assert sum(one.count for one in group(context, by="user")) >= sum(
            one.count for one in group(context, limit=2)
        )
        assert group(context, by="cgroup")
        assert "GROUP" in groups_text(list(by_command.values()), time.time())
    with pytest.raises(UsageError):
        group(context, by="colour")


def test_watch_gives_samples_with_cpu_from_the_first_on(context):
    seen_live = []
    with victim("spinning") as child:
        seen = watch(
            context,
            pid=str(child.pid),
            interval_seconds=0.1,
            duration_seconds=0.5,
            on_sample=lambda _, sample: seen_live.append(sample),
        )
    document = plain(seen)
    assert len(document["samples"]) == 5 == len(seen_live)
    assert document["samples"][0]["cpu_ratio"] > 0.05
    assert document["ending"] == "complete"
    assert document["cpu_ratio"]["max"] >= document["cpu_ratio"]["median"]
    facts = last_record(context)
    assert facts["action"] == "process_watch"
    assert (facts["metadata"]["pid"], facts["metadata"]["interval_seconds"]) == (child.pid, 0.1)
    assert facts["metadata"]["duration_seconds"] == 0.5


def test_watch_ends_with_its_process(context):
    with victim() as child:
        killed = []

        def kill_it(_, __):
            if not killed:
                child.kill()
                killed.append(child.wait())

        seen = watch(
            context, pid=str(child.pid), interval_seconds=0.05, duration_seconds=5, on_sample=kill_it
        )
    assert (seen.ending, len(seen.samples)) == ("ended", 1)


def test_watch_refuses_an_interval_of_nothing(context):
    with pytest.raises(UsageError):
        watch(context, pid=str(os.getpid()), interval_seconds=0.0)
    with pytest.raises(UsageError):
        top(context, interval_seconds=0.01, on_picture=print)
    with pytest.raises(UsageError):
        top(context, sort="beauty", on_picture=print)
    with pytest.raises(UsageError, match="samples"):
        watch(context, pid=str(os.getpid()), interval_seconds=0.01, duration_seconds=1e6)


def test_top_shows_pictures_and_is_recorded_once(context):
    tables = []
    assert top(context, limit=2, interval_seconds=0.1, count=2, on_picture=tables.append) == 2
    assert [len(table.processes) for table in tables] == [2, 2]
    assert "PID:HANDLE" in table_text(tables[0])
    records = context.memory.path("process").read_text().splitlines()
    assert [json.loads(line)["activity"]["metadata"]["pictures"] for line in records] == [2]


def test_a_snapshot_has_all_fields_is_private_and_never_replaces_one(context):
    made, again = snapshot(context), snapshot(context)
    path = context.root / made.path
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(lines) == made.records == plain(made)["records"]
    assert all(set(line) == LINE for line in lines)
    mine = next(line for line in lines if line["pid"] == os.getpid())
    assert mine["ancestors"][0] == os.getppid()
    assert re.fullmatch(r"docs/metrics/process_snapshot_\d{8}_\d{6}(_\d)?\.jsonl", made.path)
    assert made.path != again.path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(one.name for one in path.parent.iterdir()) == sorted(
        {os.path.basename(p.path) for p in (made, again)}
    )
    facts = last_record(context)
    assert facts["action"] == "process_snapshot"
    assert facts["files_modified"] == [again.path]
    assert facts["metadata"]["record_count"] == again.records


def test_a_snapshot_into_a_file_of_ones_own(context, tmp_path):
    target = tmp_path / "mine.jsonl"
    snapshot(context, output=str(target), limit=2)
    assert len(target.read_text().splitlines()) == 2
    with pytest.raises(UsageError, match="already a file"):
        snapshot(context, output=str(target))
    snapshot(context, output=str(target), limit=1, overwrite=True)
    assert len(target.read_text().splitlines()) == 1
    link = tmp_path / "link.jsonl"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError):
        snapshot(context, output=str(link))
    assert not (tmp_path / "elsewhere").exists()


def test_a_snapshot_that_cannot_be_written_leaves_nothing(context, tmp_path):
    from codesentinel.model.errors import Failed

    (tmp_path / "file").touch()
    with pytest.raises(Failed):
        snapshot(context, output=str(tmp_path / "file" / "x.jsonl"))


def test_live_is_replay(context):
    """What is shown of a moment that was recorded is what was shown then."""
    strip = {"time", "cpu_ratio", "coverage"}

    def bare(node):
        if isinstance(node, dict):
            return {key: bare(value) for key, value in node.items() if key not in strip}
        return [bare(one) for one in node] if isinstance(node, list) else node

    def family(document):
        return [(one["pid"], one["handle"], one["argv_shape"]) for one in document["root"]["children"]]

    with victim("children") as child:
        for _ in range(20):  # until nothing moved while it was recorded, as on a machine at rest
            before = plain(tree(context, pid=str(child.pid)))
            record(context, interval_seconds=0.2, duration_seconds=0.7)
            live, at = plain(tree(context, pid=str(child.pid))), time.time()
            if bare(before["root"]) == bare(live["root"]):
                break
        live_detail = plain(detail(context, pid=str(child.pid)))["process"]
    then = plain(tree(context, pid=str(child.pid), at=at))
    assert family(then) == family(live)
    assert bare(then["root"]) == bare(live["root"])
    past = plain(detail(context, pid=live_detail["handle"], at=at))["process"]
    same = ("handle", "name", "username", "threads", "argv_shape", "start_time", "ancestors")
    assert {key: past[key] for key in same} == {key: live_detail[key] for key in same}
    assert 0.1 < system(context, at=at, limit=0).window_seconds < 2
    with pytest.raises(NoSuchProcess):
        detail(context, pid=str(child.pid))


def test_a_moment_that_was_not_recorded_is_no_data(context):
    with pytest.raises(NoData, match="no processes were recorded"):
        system(context, at=time.time() - 3600)


def test_on_the_command_line(tmp_path):
    (tmp_path / ".git").mkdir()
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    document = json.loads(run("system", "--json", "--limit", "2", cwd=inner).stdout)
    assert document["schema"] == "codesentinel/process.system/v1"
    assert len(document["data"]["processes"]) == 2
    made = run("snapshot", "-v", cwd=inner)
    assert made.stdout.startswith("docs/metrics/process_snapshot_")
    assert (tmp_path / "docs/metrics").is_dir()
    assert not (inner / "docs").exists()
    with victim() as child:
        shown = run("detail", "--pid", str(child.pid), "-v", cwd=inner)
        assert f"pid {child.pid}" in shown.stdout
        assert "descendants" in run("tree", "--pid", str(child.pid), cwd=inner).stdout
        watched = run("watch", "--pid", str(child.pid), "--interval", "0.1", "--duration", "0.3", cwd=inner)
        assert "3 samples" in watched.stdout
        assert "cancelled" in run("kill", "--pid", str(child.pid), "--dry-run", cwd=inner, status=1).stdout
        refused = run(
            "kill", "--pid", str(child.pid), "--json", cwd=inner, status=4, stdin=subprocess.DEVNULL
        )
        assert json.loads(refused.stdout)["data"]["outcome"] == "refused"
        ended = run("kill", "--pid", str(child.pid), "--yes", "--reason", "over", cwd=inner)
        assert ended.stdout.startswith("ended: ")
    missing = run("detail", "--pid", "4194303", "--json", cwd=inner, status=3)
    assert json.loads(missing.stdout)["error"]["kind"] == "not_found"
    assert "MEMORY" in run("group", "--by", "user", cwd=inner).stdout
    assert "3 of" in run("top", "--count", "1", "--interval", "0.1", "--limit", "3", cwd=inner).stdout
    run("system", "--at", "yesterday", cwd=inner, status=2)
    run("kill", "--pid", "1", "--y", cwd=inner, status=2)
