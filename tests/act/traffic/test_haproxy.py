"""HAProxy, real: weights over its runtime socket."""

from __future__ import annotations

import pytest

from codesentinel.act.traffic.haproxy import HaproxySplitter
from codesentinel.model.errors import BadAnswer, Failed, Unreachable, UsageError
from codesentinel.model.traffic import Split
from servers import eventually
from traffic import Arm, Load, ask, haproxy

pytestmark = pytest.mark.timeout(400)  # what HAProxy needs is fetched on first use


@pytest.fixture
def arms():
    with Arm("baseline") as baseline, Arm("canary") as canary:
        yield baseline, canary


def splitter_of(running, **names):
    return HaproxySplitter(running.socket, "app", **{"baseline": "stable", "canary": "fresh", **names})


def test_weights_are_served_as_they_are_set_and_every_request_is_counted(tmp_path, arms):
    with haproxy(tmp_path, arms[0].port, arms[1].port) as running:
        splitter = splitter_of(running)
        assert splitter.read() == Split(100, 0)
        before = splitter.arrived()
        splitter.write(splitter.split(0.05))
        names = ask(running.port, 400)
        assert splitter.arrived().since(before) == (names["baseline"], names["canary"])
        assert 0.03 < names["canary"] / 400 < 0.07
        splitter.write(splitter.split(1.0))
        assert ask(running.port, 20) == {"canary": 20}
        splitter.write(Split(100, 0))
        assert ask(running.port, 20) == {"baseline": 20}


def test_no_request_is_lost_while_the_weights_change(tmp_path, arms):
    with haproxy(tmp_path, arms[0].port, arms[1].port) as running:
        splitter = splitter_of(running)
        with Load(running.port, per_second=200) as load:
            for ratio in (0.05, 0.5, 1.0, 0.0) * 5:
                splitter.write(splitter.split(ratio))
                reached = load.total + 20
                eventually(lambda reached=reached: load.total >= reached)
        assert load.lost == []
        assert {status for _, status in load.answered} == {200}


def test_what_haproxy_does_not_know_or_do_is_told(tmp_path, arms):
    with haproxy(tmp_path, arms[0].port, arms[1].port, algorithm="static-rr") as running:
        with pytest.raises(Failed, match="HAProxy refuses 1 for app/fresh"):
            splitter_of(running).write(Split(19, 1))
        with pytest.raises(BadAnswer, match="no server app/other") as caught:
            splitter_of(running, canary="other").read()
        assert "stable" in caught.value.hint
    with pytest.raises(Unreachable):
        splitter_of(running).read()
    with pytest.raises(UsageError):
        splitter_of(running, canary="fresh; shutdown")


@pytest.mark.parametrize("percent", [0, 0.4, 1, 2, 5, 10, 20, 25, 33, 50, 75, 90, 99, 100])
def test_the_nearest_pair_of_weights_is_near(percent):
    split = HaproxySplitter("s", "app", baseline="a", canary="b").split(percent / 100)
    assert max(split) <= 256
    assert split.canary_ratio == pytest.approx(percent / 100, abs=0.0001)
