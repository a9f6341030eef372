"""The example services, under real servers and real load: what they count is what their clients counted."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from urllib.parse import urlsplit

import pytest

from servers import eventually
from web_services import ORDER, PLACE, SERVICES, active, counted, families, load, running

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(400)]

OTHER = "_OTHER"


def kinds(framework):
    """Weight, method, path and route of what is sent."""
    order, place = ORDER[framework], PLACE[framework]
    return [
        *([(1, "GET", "/terms", "/terms")] if framework == "flask" else []),
        (10, "GET", "/orders/{n}", order),
        (2, "HEAD", "/orders/{n}", order),
        (2, "DELETE", "/orders/{n}", order),
        (2, "POST", place, place),
        (1, "GET", "/report", "/report"),
        (1, "GET", "/broken", "/broken"),
        (2, "GET", "/none/{word}", "unmatched"),
        (1, "BREW", "/none/{word}", "unmatched"),
    ]


@pytest.mark.parametrize(
    ("name", "requests"),
    [
        ("fastapi", 1500),
        ("fastapi-2", 1000),
        ("flask", 1500),
        ("flask-threads", 1000),
        ("django-wsgi", 1500),
        ("django-asgi", 800),
    ],
)
def test_the_service_and_its_clients_agree_exactly(name, requests, tmp_path):
    with running(SERVICES[name], tmp_path) as service:
        answered = load(service.url, requests, kinds(SERVICES[name].framework))
        expected = {
            (route, OTHER if method == "BREW" else method, status): count
            for (route, method, status), count in answered.items()
        }
        assert sum(expected.values()) == requests
        eventually(
            lambda: sum(counted(service.url).values()) >= requests and active(service.url) == 0, within=60
        )
        assert counted(service.url) == expected
        assert len(expected) >= 8


def test_workers_that_are_replaced_under_load_lose_nothing_and_pile_up_no_files(tmp_path):
    with running(SERVICES["flask-replaced"], tmp_path) as service:
        answered = load(service.url, 600, [(1, "GET", "/orders/{n}", ORDER["flask"])])
        eventually(lambda: sum(counted(service.url).values()) >= 600, within=60)
        assert counted(service.url) == answered
        assert service.log.read_text().count("Booting worker") >= 8
        eventually(lambda: len(list((tmp_path / "counts").glob("histogram_*.db"))) <= 3, within=60)
        assert counted(service.url) == answered


def test_five_thousand_urls_that_match_nothing_are_one_series(tmp_path):
    with running(SERVICES["flask"], tmp_path) as service:
        load(service.url, 5000, [(1, "GET", "/{word}/{word}", "unmatched")])
        eventually(lambda: sum(counted(service.url).values()) >= 5000, within=60)
        assert counted(service.url) == {("unmatched", "GET", "404"): 5000}
        shown = {f.name: len({str(s.labels) for s in f.samples}) for f in families(service.url)}
        assert shown["http_server_active_requests"] == 1
        assert shown["http_server_request_duration_seconds"] <= 16


@contextlib.contextmanager
def streaming(service):
    """A connection that has read the beginning of a stream without end, and leaves after the block."""
    address = urlsplit(service.url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(b"GET /report?lines=1000000 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        read = b""
        while b"line 1" not in read:
            part = connection.recv(1000)
            assert part, read
            read += part
        yield


@pytest.mark.parametrize("name", ["fastapi", "flask", "django-wsgi", "django-asgi"])
def test_a_client_that_leaves_a_stream_counts_as_499(name, tmp_path):
    with running(SERVICES[name], tmp_path) as service:
        with streaming(service):
            eventually(lambda: active(service.url) == 1, within=30)
        eventually(lambda: counted(service.url), within=60)
        assert counted(service.url) == {("/report", "GET", "499"): 1}
        assert active(service.url) == 0


@pytest.mark.parametrize("name", ["flask", "fastapi-2"])
def test_a_worker_that_is_killed_leaves_its_counts_and_takes_its_requests_out_of_the_gauge(name, tmp_path):
    with running(SERVICES[name], tmp_path) as service:
        load(service.url, 40, [(1, "GET", "/orders/{n}", ORDER[SERVICES[name].framework])])
        with streaming(service):
            busy = eventually(lambda: active(service.url) == 1 and busy_worker(tmp_path), within=30)
            os.kill(busy, signal.SIGKILL)
        eventually(lambda: active(service.url) == 0, within=60)
        assert sum(counted(service.url).values()) == 40


def busy_worker(folder):
    """The process whose gauge says that it answers a request."""
    from prometheus_client.mmap_dict import MmapedDict

    for path in (folder / "counts").glob("gauge_livesum_*.db"):
        for key, value, *_ in MmapedDict.read_all_values_from_file(str(path)):
            if "http_server_active_requests" in key and value > 0:
                return int(path.stem.rpartition("_")[2])
    return None
