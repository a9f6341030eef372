"""Envoy, real: weights, addresses, what outlives whom."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import yaml

from codesentinel.act.traffic.envoy import EnvoySplitter
from codesentinel.act.traffic.envoy_server import OwnEnvoy
from codesentinel.model.errors import BadAnswer, Failed, Refused, Unreachable
from codesentinel.model.traffic import Address, Split
from servers import eventually, free_port, get
from stack_under_test import is_alive
from traffic import Arm, Load, ask


@pytest.fixture
def arms():
    with Arm("baseline") as baseline, Arm("canary") as canary:
        yield baseline, canary


def of(tmp_path, arms, port, **changes):
    parts = {
        "listen": Address("127.0.0.1", port),
        "baseline": Address("127.0.0.1", arms[0].port),
        "canary": Address("127.0.0.1", arms[1].port),
    }
    return OwnEnvoy(tmp_path / "a" / ("deep" * 30), "shop", **{**parts, **changes})


@pytest.fixture
def envoy(tmp_path, arms):
    own = of(tmp_path, arms, free_port(), metrics=Address("127.0.0.1", free_port()))
    own.prepare()
    yield own
    own.stop()


def port_of(envoy):
    return envoy._listen.port


def test_weights_are_served_as_they_are_set_and_every_request_is_counted(envoy):
    assert envoy.read().canary_ratio == 0
    assert ask(port_of(envoy), 20) == {"baseline": 20}
    before = envoy.arrived()
    envoy.write(envoy.split(0.25))
    assert envoy.read() == Split(7500, 2500)
    names = ask(port_of(envoy), 400)
    arrived = envoy.arrived().since(before)
    assert dict(names) == {"baseline": arrived.baseline, "canary": arrived.canary}
    assert 0.15 < arrived.canary_ratio < 0.35
    envoy.write(envoy.split(1.0))
    assert ask(port_of(envoy), 20) == {"canary": 20}
    envoy.write(envoy.split(0.0))
    assert ask(port_of(envoy), 20) == {"baseline": 20}


def test_no_request_is_lost_while_the_weights_change(envoy, arms):
    with Load(port_of(envoy), per_second=200) as load:
        for ratio in (0.05, 0.5, 1.0, 0.0) * 5:
            envoy.write(envoy.split(ratio))
            reached = load.total + 20
            eventually(lambda reached=reached: load.total >= reached)
    assert load.lost == []
    assert {status for _, status in load.answered} == {200}
    assert sum(load.answered.values()) == arms[0].served + arms[1].served


def test_it_outlives_who_started_it_and_is_found_by_the_next(tmp_path, arms):
    port = free_port()
    script = f"""
import os, pathlib
from codesentinel.act.traffic.envoy_server import OwnEnvoy
from codesentinel.model.traffic import Address
at = lambda port: Address("127.0.0.1", port)
own = OwnEnvoy(pathlib.Path({str(tmp_path / "a" / ("deep" * 30))!r}), "shop", listen=at({port}),
    baseline=at({arms[0].port}), canary=at({arms[1].port}))
own.prepare()
own.write(own.split(0.5))
os.kill(os.getpid(), 9)
"""
    done = subprocess.run([sys.executable, "-c", script], check=False, timeout=60)
    assert done.returncode == -9
    own = of(tmp_path, arms, port)
    try:
        assert own.runs()
        own.prepare()
        assert own.read() == Split(5000, 5000)
        assert set(ask(port, 50)) == {"baseline", "canary"}
        with Arm("canary") as moved:
            of(tmp_path, arms, port, canary=Address("127.0.0.1", moved.port)).prepare()
            own.write(own.split(1.0))
            eventually(lambda: ask(port, 5) and moved.served)
        with pytest.raises(Refused, match="other addresses"):
            of(tmp_path, arms, free_port()).prepare()
    finally:
        assert own.stop()
    assert not own.stop()
    assert not own.runs()


def test_one_whose_starter_was_killed_at_once_is_waited_for_and_stays_the_only_one(tmp_path, arms):
    port = free_port()
    script = f"""
import os, pathlib
from codesentinel.act.traffic import envoy_server
from codesentinel.model.traffic import Address
at = lambda port: Address("127.0.0.1", port)
spawn = envoy_server.spawn_detached
def spawn_and_die(*words, **named):
    process = spawn(*words, **named)
    print(process.pid, flush=True)
    os.kill(os.getpid(), 9)
envoy_server.spawn_detached = spawn_and_die
envoy_server.OwnEnvoy(pathlib.Path({str(tmp_path / "a" / ("deep" * 30))!r}), "shop", listen=at({port}),
    baseline=at({arms[0].port}), canary=at({arms[1].port})).prepare()
"""
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, timeout=60, stdout=subprocess.PIPE, text=True
    )
    own = of(tmp_path, arms, port)
    try:
        own.prepare()
        assert ask(port, 5) == {"baseline": 5}
    finally:
        assert own.stop()
    eventually(lambda: not is_alive(int(done.stdout)))
    own.prepare()  # the lock is free again
    assert own.stop()


def test_one_that_comes_up_again_serves_by_the_weights_that_were_set(envoy):
    envoy.write(envoy.split(1.0))
    assert envoy.stop()
    envoy.prepare()
    assert envoy.read() == Split(0, 10_000)
    assert ask(port_of(envoy), 5) == {"canary": 5}


def test_it_ends_when_what_it_has_begun_is_answered(tmp_path, arms):
    arms[0].delay_seconds = 1.0
    own = of(tmp_path, arms, port := free_port())
    own.prepare()
    with Load(port, per_second=20, connections=1) as load:
        eventually(lambda: own.arrived().baseline > 0)
        assert own.stop()
        eventually(lambda: load.total)
    assert load.answered[("baseline", 200)] >= 1


def test_a_port_that_is_taken_is_told(tmp_path, arms):
    with pytest.raises(Failed, match="did not start") as caught:
        of(tmp_path, arms, arms[0].port).prepare()
    assert "Address already in use" in caught.value.message


def test_metrics_are_handed_out_and_nothing_else_of_the_administration(envoy):
    metrics = envoy._bootstrap["static_resources"]["listeners"][1]
    port = metrics["address"]["socket_address"]["port_value"]
    ask(port_of(envoy), 3)
    text = get(f"http://127.0.0.1:{port}/stats/prometheus").decode()
    assert 'envoy_cluster_upstream_rq_total{envoy_cluster_name="baseline"} 3' in text
    assert "envoy_cluster_upstream_rq_time_bucket" in text
    with pytest.raises(OSError, match="404"):
        get(f"http://127.0.0.1:{port}/quitquitquit")


def test_in_a_file_of_somebody_else_two_numbers_change_and_nothing_more(envoy, tmp_path):
    """The Envoy is ours, the file written by hand: YAML, with retries, a mirror and a second route."""
    folder = tmp_path / "a" / ("deep" * 30)
    arms = [{"name": "baseline", "weight": 95}, {"name": "canary", "weight": 5}]
    theirs = {
        "resources": [
            {
                "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
                "name": "canary",
                "virtual_hosts": [
                    {
                        "name": "all",
                        "domains": ["*"],
                        "routes": [
                            {
                                "name": "fixed",
                                "match": {"prefix": "/fixed"},
                                "route": {"cluster": "baseline"},
                            },
                            {
                                "name": "shop",
                                "match": {"prefix": "/"},
                                "route": {
                                    "weighted_clusters": {"clusters": arms},
                                    "retry_policy": {"retry_on": "5xx", "num_retries": 2},
                                },
                                "response_headers_to_add": [{"header": {"key": "x-split", "value": "yes"}}],
                            },
                        ],
                    }
                ],
            }
        ]
    }
    file = folder / "routes.json"
    draft = folder / "draft"
    draft.write_text(json.dumps(theirs))
    draft.replace(file)
    admin = f"unix:{folder}/admin.sock"
    splitter = EnvoySplitter(str(file), admin, route="shop")
    eventually(lambda: splitter.read() == Split(95, 5))
    splitter.write(Split(3, 1))
    changed = json.loads(file.read_text())
    assert changed.pop("version_info").startswith("codesentinel-")
    weights = changed["resources"][0]["virtual_hosts"][0]["routes"][1]["route"]["weighted_clusters"]
    assert weights["clusters"] == [{"name": "baseline", "weight": 3}, {"name": "canary", "weight": 1}]
    weights["clusters"] = arms
    assert changed == theirs
    with pytest.raises(Failed, match="has no route"):
        EnvoySplitter(str(file), admin, route="other").write(Split(1, 1))
    with pytest.raises(BadAnswer, match="serves no route"):
        EnvoySplitter(str(file), admin, baseline="a", canary="b").read()
    file.write_text(yaml.safe_dump(theirs))
    with pytest.raises(
        Failed, match="Envoy still serves"
    ):  # its update was no rename, and this one is refused
        EnvoySplitter(str(file), admin, route="shop", timeout_seconds=0.5).write(Split(2**33, 1))
    assert yaml.safe_load(file.read_text())["resources"][0]["name"] == "canary"


def test_an_envoy_that_does_not_run_is_told(tmp_path):
    with pytest.raises(Unreachable, match="does not answer"):
        EnvoySplitter(str(tmp_path / "r.json"), f"unix:{tmp_path}/admin.sock").read()
    with pytest.raises(Unreachable, match="does not answer"):
        EnvoySplitter(str(tmp_path / "r.json"), f"http://127.0.0.1:{free_port()}").arrived()
