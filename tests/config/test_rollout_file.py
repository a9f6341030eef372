"""``rollout`` in ``canary.yaml``: read strictly, all mistakes together."""

from __future__ import annotations

import copy

import pytest
import yaml

from codesentinel.config.rollout import rollout_plan
from codesentinel.model.errors import ConfigurationError
from codesentinel.model.rollout import HOLD, LEAVE, NEEDS_NO_FAIL, Step, Traffic
from codesentinel.model.traffic import Address

GOOD = yaml.safe_load("""
service: shop
baseline: '{version="1"}'
canary: '{version="2"}'
traffic: {kind: envoy, listen: '127.0.0.1:8720', baseline: '127.0.0.1:8711', canary: '127.0.0.1:8712'}
steps: [{percent: 5, min: 2m, needs: no-fail}, {percent: 50}]
""")


def read(**changes):
    return rollout_plan({"rollout": {**copy.deepcopy(GOOD), **changes}}, "canary.yaml")


def test_what_is_left_out_has_a_safe_default():
    plan = read()
    assert (plan.target, plan.environment, plan.revision) == ("shop", "production", "")
    assert plan.steps == (Step(5, 120, NEEDS_NO_FAIL), Step(50))
    assert (plan.on_deadline, plan.on_signal) == ("roll-back", "restore")
    assert plan.traffic == Traffic(
        "envoy", "127.0.0.1:8711", "127.0.0.1:8712", listen=Address("127.0.0.1", 8720)
    )
    assert plan.fingerprint != read(tick="1s").fingerprint


def test_everything_can_be_said():
    hooks = {"before": [["./warm", "--up"]], "after": [["./tell"]], "timeout": "5s"}
    plan = read(
        on_deadline="hold", on_signal="leave", tick="5s", hold_at_most="1h", hooks=hooks, target="t.1"
    )
    assert (plan.on_deadline, plan.on_signal, plan.tick_seconds, plan.hold_seconds) == (HOLD, LEAVE, 5, 3600)
    assert (plan.before, plan.after) == ((("./warm", "--up"),), (("./tell",),))
    assert (plan.hook_timeout_seconds, plan.target) == (5, "t.1")


@pytest.mark.parametrize(
    ("traffic", "expected"),
    [
        (
            "{kind: envoy, rds_file: r.yaml, admin: 'unix:/run/admin.sock', route: r}",
            Traffic("envoy", "baseline", "canary", rds_file="r.yaml", admin="unix:/run/admin.sock", part="r"),
        ),
        (
            "{kind: haproxy, socket: /run/h.sock, backend: app, baseline: old, canary: new}",
            Traffic("haproxy", "old", "new", socket="/run/h.sock", backend="app"),
        ),
        (
            ("{kind: istio, namespace: web, name: shop, route: main, baseline: shop/v1, canary: shop/v2,"
            " arrived: {baseline: a, canary: b}}"),
            Traffic(
                "istio", "shop/v1", "shop/v2", part="main", namespace="web", name="shop",
                count_baseline="a", count_canary="b", settle_seconds=60,
            ),
        ),
        (
            ("{kind: gateway-api, namespace: web, name: shop, rule: '1', baseline: v1, canary: v2, context: c,"
            " settle: 2m, arrived: {baseline: a, canary: b}}"),
            Traffic(
                "gateway-api", "v1", "v2", part="1", namespace="web", name="shop", context="c",
                count_baseline="a", count_canary="b", settle_seconds=120,
            ),
        ),
    ],
)  # fmt: skip
def test_each_splitter_is_told_what_it_needs(traffic, expected):
    assert read(traffic=yaml.safe_load(traffic)).traffic == expected


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ("stepz: []", "unknown key 'stepz' (did you mean steps?)"),
        ("steps: []", "steps: should be a list"),
        ("steps: [5]", "steps 1: should be a mapping"),
        ("steps: [{percent: 0}]", "percent: should lie strictly between 0 and 100"),
        ("steps: [{min: 5s}]", "percent: is missing"),
        ("steps: [{percent: 50}, {percent: 5}]", "more than the one before"),
        ("steps: [{percent: 50, needs: no-fail}]", "the last one needs a pass"),
        ("canary: '{version=\"1\"}'", "is the same as baseline"),
        ("target: ../up", "target: should be letters"),
        ("on_deadline: promote", "one of roll-back, hold"),
        ("hooks: {before: ['rm -rf /']}", "should be a list of commands"),
        ("traffic: {kind: nginx}", "one of envoy, haproxy, istio, gateway-api"),
        ("traffic: {}", "kind: is missing"),
        ("traffic: {kind: haproxy}", "socket: is missing"),
        ("traffic: {kind: istio, subset: x}", "unknown key 'subset'"),
        (
            "traffic: {kind: envoy, listen: '0.0.0.0:80', baseline: '127.0.0.1:1', canary: '127.0.0.1:2'}",
            "loopback interface",
        ),
        (
            "traffic: {kind: envoy, listen: '127.0.0.1:1', baseline: '127.0.0.1:1', canary: 'shop:2'}",
            "four different addresses",
        ),
        (
            "traffic: {kind: envoy, listen: '127.0.0.1:99999', baseline: '[::1]:1', canary: x}",
            "an IPv4 address",
        ),
        ("traffic: {kind: envoy, rds_file: r, admin: 'localhost:9901'}", "http://HOST:PORT"),
    ],
)
def test_a_mistake_is_named(changes, told):
    with pytest.raises(ConfigurationError) as caught:
        read(**yaml.safe_load(changes))
    assert told in caught.value.message


def test_all_mistakes_are_told_together_and_a_file_without_a_rollout_is_one():
    with pytest.raises(ConfigurationError) as caught:
        read(tick="soon", on_signal="panic", steps=[])
    assert len(caught.value.problems) == 3
    with pytest.raises(ConfigurationError, match="rollout: is missing"):
        rollout_plan({"metrics": []}, "canary.yaml")
