"""The world in which a release is attacked: who plays in it, and a slice of the attacks."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from urllib.parse import urlencode

import pytest

from attacks import calamum
from codesentinel.calamum.false_server import HOW, FalseServer
from codesentinel.calamum.players import Arms, PlayedEnvoy, routes
from codesentinel.model.traffic import Split
from servers import eventually, free_port

pytestmark = pytest.mark.xdist_group("calamum")


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / ".git").mkdir()
    return tmp_path


def test_a_release_cannot_be_hurt_by_its_canary_or_its_lock(workspace):
    words = ("--target", "canary/harm-goes-back", "--target", "canary/lock-leads-elsewhere")
    done, document = calamum("test", *words, "--budget", "150s", "--seed", "3", "--json", cwd=workspace)
    outcomes = {one["case"]: (one["outcome"], one["detail"]) for one in document["data"]["cases"]}
    assert outcomes == {"harm-goes-back": ("held", ""), "lock-leads-elsewhere": ("held", "")}, done.stderr
    assert document["data"]["left_over"] == []


def counted(arms, name, arm, at):
    query = f'{name}{{arm="{arm}"}}[30000ms]'
    (row,) = arms.answer(f"/api/v1/query?{urlencode({'query': query, 'time': at})}")["data"]["result"]
    return [int(value) for _, value in row["values"]]


def test_arms_are_counted_alike_by_the_same_seed_and_fail_when_they_are_told():
    at = time.time()
    one, other = Arms(7), Arms(7)
    assert counted(one, "arm_requests_total", "canary", at)[0] > 0
    other._first = one._first
    assert [counted(one, "arm_failed_total", arm, at) for arm in ("baseline", "canary")] == [
        counted(other, "arm_failed_total", arm, at) for arm in ("baseline", "canary")
    ]
    one.is_bad = True
    failed = counted(one, "arm_failed_total", "canary", at + 30)
    requests = counted(one, "arm_requests_total", "canary", at + 30)
    assert (failed[-1] - failed[0]) / (requests[-1] - requests[0]) == pytest.approx(0.5, abs=0.1)
    one.is_silent = True
    assert one.answer("/api/v1/query?query=up")["data"]["result"] == []


def test_an_envoy_is_played_by_its_route_file(tmp_path):
    file = tmp_path / "routes.json"

    def write(baseline, canary):
        file.write_text(json.dumps({"resources": [routes(Split(baseline, canary))]}))

    def serves():
        (config,) = envoy.answer("/config_dump")["configs"]
        clusters = config["route_config"]["virtual_hosts"][0]["routes"][0]["route"]["weighted_clusters"]
        return [one["weight"] for one in clusters["clusters"]]

    write(100, 0)
    envoy = PlayedEnvoy(str(file))
    write(90, 10)
    assert serves() == [90, 10]
    envoy.deaf = True
    write(0, 100)
    assert serves() == [90, 10]
    envoy.deaf = False
    write(-1, 101)
    assert serves() == [90, 10]
    assert envoy.history == [Split(100, 0), Split(90, 10)]


@pytest.mark.parametrize("how", sorted(HOW))
def test_a_false_server_says_something_or_nothing_and_lets_go_when_it_is_stopped(how):
    port = free_port()
    server = FalseServer(port, lambda _: {"status": "success", "data": []}, how)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(b"GET /api/v1/alerts HTTP/1.1\r\nHost: x\r\n\r\n")
        first = b"" if how == "never" else connection.recv(100)
        assert first.startswith(b"HTTP/1.1 ") == (how not in ("never", "by_leaving", "with_no_http"))
        eventually(lambda: server.asked[how])
        server.stop()
        with contextlib.suppress(ConnectionResetError):
            while connection.recv(1 << 16):
                pass
    assert server.asked == {how: 1}
