"""What requests wait for is measured where it happens, under bounded names."""

from __future__ import annotations

import contextlib
import gc
import http.client
import http.server
import logging
import os
import threading
import time

import pytest
from prometheus_client import CollectorRegistry

from codesentinel.instrument import WaitMetrics, measure_resources
from codesentinel.instrument.kernel_files import Kernel, Tasks
from counting import samples


@pytest.fixture
def registry():
    return CollectorRegistry()


@pytest.fixture
def waits(registry):
    return WaitMetrics("s", environment="e", version="1", registry=registry, max_names=2)


def value(registry, name, **labels):
    found = [s.value for s in samples(registry, name) if labels.items() <= s.labels.items()]
    return sum(found) if found else None


def test_the_wait_for_a_connection_is_timed_and_its_use_counted(registry, waits):
    pool = waits.pool("db", most=7)
    with pool.waiting():
        assert value(registry, "db_client_connection_pending_requests") == 1
        time.sleep(0.03)
    with pool.using():
        assert value(registry, "db_client_connection_used") == 1
    assert value(registry, "db_client_connection_wait_time_seconds_sum") >= 0.03
    assert value(registry, "db_client_connection_wait_time_seconds_count") == 1
    assert value(registry, "db_client_connection_pending_requests") == 0
    assert value(registry, "db_client_connection_used") == 0
    assert value(registry, "db_client_connection_max", db_client_connection_pool_name="db") == 7


def test_what_fails_is_timed_as_well_and_nothing_is_left_counted(registry, waits):
    pool, client = waits.pool("db", most=1), waits.client("stock")
    for around in (pool.waiting, pool.using, client.request):
        with pytest.raises(OSError, match="gone"), around():
            raise OSError("gone")
    assert value(registry, "db_client_connection_used") == 0
    assert value(registry, "http_client_request_duration_seconds_count", server_address="stock") == 1


class Slow(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        time.sleep(0.05)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


def test_a_slow_server_shows_in_the_duration_and_not_in_the_round_trip(registry, waits):
    client = waits.client("stock")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
        for _ in range(3):
            with client.request():
                connection.request("GET", "/")
                connection.getresponse().read()
            client.round_trip(connection.sock)
        connection.close()
        server.shutdown()
    assert value(registry, "http_client_request_duration_seconds_sum") >= 0.15
    assert value(registry, "codesentinel_client_round_trip_seconds_count") == 3
    assert 0 < value(registry, "codesentinel_client_round_trip_seconds_sum") < 0.15


def test_only_who_waits_for_a_lock_is_timed(registry, waits):
    lock = waits.lock("stock")
    with lock:
        pass
    assert value(registry, "codesentinel_lock_wait_seconds_sum") == 0
    lock.acquire()
    assert not lock.acquire(blocking=False)
    assert not lock.acquire(timeout=0.03)
    assert value(registry, "codesentinel_lock_wait_seconds_sum") >= 0.03
    lock.release()
    with lock:
        pass
    assert value(registry, "codesentinel_lock_wait_seconds_count", lock="stock") == 4


def test_records_of_the_log_are_counted_and_still_written(registry, waits, tmp_path):
    log = logging.getLogger("test_waits")
    log.propagate = False
    handler = waits.logs(logging.FileHandler(tmp_path / "log"))
    log.addHandler(handler)
    try:
        for number in range(5):
            log.error("record %d", number)
    finally:
        log.removeHandler(handler)
        handler.close()
    assert (tmp_path / "log").read_text().splitlines() == [f"record {n}" for n in range(5)]
    assert value(registry, "codesentinel_log_records_total") == 5
    assert value(registry, "codesentinel_log_write_seconds_total") > 0


def test_names_are_bounded(registry, waits):
    for number in range(5):
        waits.lock(f"lock {number}").acquire()
    assert {s.labels["lock"] for s in samples(registry, "codesentinel_lock_wait_seconds_count")} == {
        "lock 0",
        "lock 1",
        "overflow",
    }
    assert value(registry, "codesentinel_instrument_name_overflow_total") == 3


def test_resources_are_registered_once_and_their_counters_never_fall(registry):
    found = measure_resources(registry)
    assert measure_resources(registry) is found
    before = {s.name: s.value for m in registry.collect() for s in m.samples if s.name.endswith("_total")}
    with contextlib.suppress(OSError):
        os.stat("/nowhere")
    threads = [threading.Thread(target=time.sleep, args=(0.01,)) for _ in range(5)]
    for one in threads:
        one.start()
    gc.collect()
    during = {s.name: s.value for m in registry.collect() for s in m.samples if s.name.endswith("_total")}
    for one in threads:
        one.join()
    after = {s.name: s.value for m in registry.collect() for s in m.samples if s.name.endswith("_total")}
    assert before.keys() == during.keys() == after.keys()
    assert all(before[name] <= during[name] <= after[name] for name in before)
    pauses = value(registry, "codesentinel_runtime_gc_pause_seconds_total", generation="2")
    assert pauses > 0
    found.close()
    gc.collect()
    assert value(registry, "codesentinel_runtime_gc_pause_seconds_total", generation="2") == pauses


def fake_proc(folder, groups):
    own = folder / "proc" / "self"
    (own / "net").mkdir(parents=True)
    (own / "cgroup").write_text(groups)
    (own / "net" / "snmp").write_text("Tcp: RtoMin RetransSegs\nTcp: 200 17\n")
    return str(folder / "proc"), str(folder / "cgroup")


def test_the_accounts_of_control_groups_of_both_versions_are_read(tmp_path):
    proc, root = fake_proc(tmp_path / "2", "0::/shop\n")
    group = tmp_path / "2" / "cgroup" / "shop"
    group.mkdir(parents=True)
    (group / "cpu.stat").write_text("usage_usec 9\nthrottled_usec 1500000\n")
    (group / "io.pressure").write_text("some avg10=0.00 avg60=0.00 avg300=0.00 total=2500000\nfull total=1\n")
    new = Kernel(proc, root)
    assert (new.throttled_seconds(), new.pressure_seconds()) == (1.5, {"io": 2.5})
    assert new.retransmitted_segments() == 17
    proc, root = fake_proc(tmp_path / "1", "5:cpu,cpuacct:/a\n1:cpu:/a\n0::/\n")
    group = tmp_path / "1" / "cgroup" / "cpu" / "a"
    group.mkdir(parents=True)
    (group / "cpu.stat").write_text("nr_periods 3\nthrottled_time 500000000\n")
    assert Kernel(proc, root).throttled_seconds() == 0.5


def test_what_the_kernel_does_not_tell_is_left_out(tmp_path):
    nothing = Kernel(str(tmp_path), str(tmp_path))
    assert nothing.throttled_seconds() is None
    assert nothing.retransmitted_segments() is None
    assert nothing.pressure_seconds() == {}
    assert Tasks(str(tmp_path)).read() is None


def test_what_threads_waited_is_kept_when_they_end(tmp_path):
    tasks = tmp_path / "self" / "task"

    def thread(number, delay, state="S"):
        (tasks / number).mkdir(parents=True, exist_ok=True)
        (tasks / number / "schedstat").write_text(f"1 {delay} 1")
        (tasks / number / "stat").write_text(f"{number} (a) b) {state} 1")

    thread("1", 1_000_000_000)
    thread("2", 3_000_000_000, "D")
    reader = Tasks(str(tmp_path))
    assert reader.read() == (4.0, 1)
    (tasks / "2" / "schedstat").unlink()
    (tasks / "2" / "stat").unlink()
    (tasks / "2").rmdir()
    thread("1", 1_500_000_000)
    assert reader.read() == (4.5, 0)
