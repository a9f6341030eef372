"""The example services as real servers, and what they and their clients counted."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from typing import NamedTuple

from prometheus_client.parser import text_string_to_metric_families

from asgi import ROOT
from servers import eventually, free_port, get

EXAMPLES = ROOT / "examples"
ORDER = {
    "fastapi": "/orders/{order_id}",
    "flask": "/orders/<int:order_id>",
    "django": "/orders/<int:order_id>",
}
PLACE = {"fastapi": "/orders", "flask": "/orders", "django": "/orders/"}


class Service(NamedTuple):
    """One way to serve one of the examples."""

    framework: str
    server: str
    app: str
    processes: int
    more: tuple[str, ...] = ()


SERVICES = {
    "fastapi": Service("fastapi", "uvicorn", "app:app", 1),
    "fastapi-2": Service("fastapi", "uvicorn", "app:app", 2),
    "flask": Service("flask", "gunicorn", "app:app", 2),
    "flask-threads": Service("flask", "gunicorn", "app:app", 2, ("--threads", "4", "--preload")),
    "flask-replaced": Service("flask", "gunicorn", "app:app", 2, ("--max-requests", "60")),
    "django-wsgi": Service("django", "gunicorn", "wsgi", 2),
    "django-asgi": Service("django", "uvicorn", "asgi:application", 1),
}


class Running(NamedTuple):
    """A service that runs."""

    process: subprocess.Popen
    url: str
    log: object


@contextlib.contextmanager
def running(service, folder):
    """The service on a free port until the block ends; ``folder`` takes its files."""
    port = free_port()
    words = {
        "uvicorn": ["--port", str(port), "--no-access-log", "--timeout-keep-alive", "60"],
        "gunicorn": ["--bind", f"127.0.0.1:{port}", "--keep-alive", "60"],
    }[service.server]
    environment = os.environ | {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    if service.processes > 1:
        words += ["--workers", str(service.processes)]
        environment["PROMETHEUS_MULTIPROC_DIR"] = str(folder / "counts")
    log = folder / "log"
    with log.open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", service.server, *words, *service.more, service.app],
            cwd=EXAMPLES / f"{service.framework}_service",
            env=environment,
            stdout=told,
            stderr=told,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: get(url + "/metrics") is not None, within=60)
        yield Running(process, url, log)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def families(url):
    """Everything that /metrics shows."""
    return list(text_string_to_metric_families(get(url + "/metrics", timeout=30).decode()))


def counted(url):
    """(route, method, status) to the requests that were counted."""
    return {
        tuple(
            s.labels[f"http_{name}"] for name in ("route", "request_method", "response_status_code")
        ): s.value
        for family in families(url)
        for s in family.samples
        if s.name == "http_server_request_duration_seconds_count"
    }


def active(url):
    """Requests that are being answered, in all processes."""
    return sum(
        s.value for family in families(url) for s in family.samples if s.name == "http_server_active_requests"
    )


def load(url, requests, kinds, connections=8):
    """What the load generator got answered: (route, method, status) to a number."""
    words = [sys.executable, str(EXAMPLES / "exact_load.py"), "--url", url, "--requests", str(requests)]
    words += ["--connections", str(connections)]
    for kind in kinds:
        words += ["--send", *map(str, kind)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return {
        (a["route"], a["method"], str(a["status"])): a["count"] for a in json.loads(done.stdout)["answered"]
    }
