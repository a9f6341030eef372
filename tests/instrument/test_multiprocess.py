"""What several processes count is shown as one, and those that are gone are forgotten."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from prometheus_client import CollectorRegistry

from codesentinel.instrument import MetricsMiddleware, gunicorn, multiprocess

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


def test_gunicorn_forgets_a_worker_that_ended_and_begins_anew(worker, tmp_path, monkeypatch):
    folder = tmp_path / "counts"
    monkeypatch.setenv(multiprocess.VARIABLE, str(folder))
    process = worker(3, 1)
    process.communicate(timeout=60)
    assert list(folder.glob(f"gauge_livesum_{process.pid}.db"))
    gunicorn.child_exit(None, process)
    assert not list(folder.glob("gauge_livesum_*.db"))
    assert list(folder.glob("histogram_*.db"))
    gunicorn.child_exit(None, process)
    gunicorn.on_starting(None)
    assert not list(folder.iterdir())


def test_gunicorn_is_told_where_nothing_is_shared(monkeypatch):
    monkeypatch.delenv(multiprocess.VARIABLE, raising=False)
    told = []
    gunicorn.on_starting(SimpleNamespace(log=SimpleNamespace(warning=lambda *words: told.append(words))))
    assert told[0][1] == "PROMETHEUS_MULTIPROC_DIR"
    gunicorn.child_exit(None, SimpleNamespace(pid=1))


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
