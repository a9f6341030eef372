"""What several processes count is shown as one, and those that are gone are forgotten."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from prometheus_client import CollectorRegistry

from codesentinel.instrument import MetricsMiddleware, gunicorn, multiprocess
from servers import eventually

WORKER = """
import os, sys
from codesentinel.instrument import WsgiMetricsMiddleware
def app(environ, start_response):
    start_response("200 OK", [])
    return [b"x"]
measured = WsgiMetricsMiddleware(app, service="s", environment="e", version="1", metrics_path="/metrics")
def send(path):
    return measured({"PATH_INFO": path, "REQUEST_METHOD": "GET"}, lambda *_: None)
for _ in range(int(sys.argv[1])):
    for _ in send("/"):
        pass
opened = [send("/") for _ in range(int(sys.argv[2]))]
print(b"".join(send("/metrics")).decode(), flush=True)
if sys.argv[3] == "stay":
    sys.stdin.read()
"""


@pytest.fixture
def worker(tmp_path):
    """Starts a process that counts in the shared folder, which need not be there."""
    started = []

    def start(answered, opened, then="leave"):
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(answered), str(opened), then],
            env=os.environ | {multiprocess.VARIABLE: str(tmp_path / "counts")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def shown(text):
    """Requests counted, and requests active."""
    values = {line.split("{")[0]: float(line.split()[-1]) for line in text.splitlines() if "{" in line}
    return values.get("http_server_request_duration_seconds_count"), values["http_server_active_requests"]


def read_all(process):
    """What a process shows, up to the end of its metrics."""
    lines = []
    while not lines or lines[-1].strip():
        lines.append(process.stdout.readline())
    return "".join(lines)


def test_counts_are_summed_and_the_dead_hold_nothing_open(worker):
    first = worker(7, 2, "stay")
    assert shown(read_all(first)) == (7, 2)
    assert shown(worker(5, 1).communicate(timeout=60)[0]) == (12, 3)
    assert shown(worker(0, 1).communicate(timeout=60)[0]) == (12, 3), "the second is gone, the third counts"
    first.communicate(timeout=60)
    assert shown(worker(1, 0).communicate(timeout=60)[0]) == (13, 0)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(multiprocess.VARIABLE, str(tmp_path / "counts"))
    return tmp_path / "counts"


@pytest.fixture
def server():
    told = []
    log = SimpleNamespace(warning=lambda text, *words: told.append(text % words))
    return SimpleNamespace(log=log, told=told)


def test_gunicorn_puts_the_counts_of_workers_that_ended_into_one_file(worker, folder, server):
    for answered in (3, 4, 5):
        process = worker(answered, 1)
        process.communicate(timeout=60)
        assert list(folder.glob(f"*_{process.pid}.db"))
        gunicorn.child_exit(server, process)
        gunicorn.child_exit(server, process)
        assert sorted(p.name for p in folder.glob("*.db")) == ["counter_ended.db", "histogram_ended.db"]
    assert shown(worker(1, 0).communicate(timeout=60)[0]) == (13, 0)
    assert server.told == []
    server.master_pid = 4711  # the one that this one takes over from
    gunicorn.on_starting(server)
    assert shown(worker(1, 0).communicate(timeout=60)[0]) == (14, 0)
    server.master_pid = 0
    gunicorn.on_starting(server)
    assert not list(folder.glob("*.db"))


@pytest.mark.parametrize("content", [b"", b"\xff\x00\x00\x00" * 32], ids=["empty", "torn"])
def test_a_broken_file_stays_and_ends_nothing(folder, server, content):
    folder.mkdir()
    (folder / "counter_77.db").write_bytes(content)
    gunicorn.child_exit(server, SimpleNamespace(pid=77))
    assert (folder / "counter_77.db").read_bytes() == content
    assert "worker 77" in server.told[0]


def test_who_reads_waits_for_who_moves_counts(worker, folder):
    """Else a count could be missing in one scrape, which looks like a restart, or be there twice."""
    folder.mkdir()
    with (folder / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        process = worker(2, 0)
        eventually(lambda: list(folder.glob(f"histogram_{process.pid}.db")))
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
        fcntl.flock(held, fcntl.LOCK_UN)
        assert shown(process.communicate(timeout=60)[0]) == (2, 0)


def test_gunicorn_is_told_where_nothing_is_shared(monkeypatch, server):
    monkeypatch.delenv(multiprocess.VARIABLE, raising=False)
    gunicorn.on_starting(server)
    assert server.told[0].startswith("PROMETHEUS_MULTIPROC_DIR is not set")
    gunicorn.child_exit(server, SimpleNamespace(pid=1))
    assert len(server.told) == 1


def test_a_folder_that_is_named_too_late_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv(multiprocess.VARIABLE, str(tmp_path / "counts"))
    with pytest.raises(RuntimeError, match="before prometheus_client is imported"):
        MetricsMiddleware(None, service="s", registry=CollectorRegistry())


IMPORT = """
import sys
before = set(sys.modules)
import codesentinel.instrument
heavy = {"numpy", "django", "flask", "fastapi", "starlette", "uvicorn", "werkzeug", "asgiref", "asyncio", "argparse"}
print(sorted(heavy & (set(sys.modules) - before)), sorted(m for m in sys.modules if m.startswith("codesentinel.") and "instrument" not in m))
"""


def test_the_import_brings_no_framework_and_nothing_else_of_ours():
    done = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "[] []"
