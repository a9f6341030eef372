"""Django keeps its routes to itself: one line of its settings shows them, under WSGI and ASGI."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from asgi import ROOT
from web_services import EXAMPLES

SCRIPT = """
import asyncio, json, logging, sys
from wsgiref.util import setup_testing_defaults
from prometheus_client import REGISTRY
sys.path.append("{tests}")
logging.disable()
kind = sys.argv[1]

if kind == "wsgi":
    from wsgi import application
    def send(path, method):
        environ = {{"PATH_INFO": path, "REQUEST_METHOD": method, "HTTP_HOST": "127.0.0.1"}}
        setup_testing_defaults(environ)
        body = application(environ, lambda *_: None)
        for _ in body:
            pass
        body.close()
else:
    import asgi as ours
    from importlib.util import module_from_spec, spec_from_file_location
    spec = spec_from_file_location("calls", "{tests}/asgi.py")
    calls = module_from_spec(spec)
    spec.loader.exec_module(calls)
    loop = asyncio.new_event_loop()
    def send(path, method):
        loop.run_until_complete(calls.call(ours.application, path, method))

for number in range(20):
    send(f"/orders/{{number}}", "GET")
send("/orders/1", "DELETE")
send("/orders/2000", "GET")
send("/orders/", "POST")
send("/report", "GET")
send("/status", "GET")
send("/broken", "GET")
for number in range(int(sys.argv[2])):
    send(f"/none/{{number}}", "GET")
print(json.dumps([
    [s.labels["http_route"], s.labels["http_request_method"], s.labels["http_response_status_code"], s.value]
    for metric in REGISTRY.collect() for s in metric.samples
    if s.name == "http_server_request_duration_seconds_count"
]))
"""


@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
def test_django_is_counted_by_route_and_five_thousand_unknown_urls_are_one_series(kind):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(tests=ROOT / "tests"), kind, "5000"],
        cwd=EXAMPLES / "django_service",
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )
    assert done.returncode == 0, done.stderr
    assert sorted(json.loads(done.stdout)) == [
        ["/broken", "GET", "500", 1],
        ["/orders/", "POST", "201", 1],
        ["/orders/<int:order_id>", "DELETE", "204", 1],
        ["/orders/<int:order_id>", "GET", "200", 20],
        ["/orders/<int:order_id>", "GET", "404", 1],
        ["/report", "GET", "200", 1],
        ["/status", "GET", "200", 1],
        ["unmatched", "GET", "404", 5000],
    ]
