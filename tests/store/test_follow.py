"""Following a log: each event once, while it grows and when it begins anew."""

from __future__ import annotations

import random

import pytest

from codesentinel.store.follow import Follower
from codesentinel.store.session_memory import SessionMemory


@pytest.fixture
def log(tmp_path):
    memory = SessionMemory(tmp_path, session_id="s", agent_id="a")

    def write(count):
        for _ in range(count):
            memory.log_domain_activity("stack", {"action": "started"})
        return memory.path("stack")

    return write


def told(follower):
    return [read.event["id"] for read in follower if read.event]


def test_what_grows_is_told_once(log):
    follower = Follower(log(3))
    assert len(told(follower)) == 3
    assert told(follower) == []
    log(2)
    assert len(told(follower)) == 2


def test_a_log_that_was_cut_in_front_tells_only_what_is_new(log):
    path = log(50)
    follower = Follower(path)
    first = told(follower)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[40:]))
    log(5)
    more = told(follower)
    assert len(more) == 5
    assert not set(more) & set(first)
    assert told(follower) == []


def test_damaged_lines_that_come_again_are_passed_over(log):
    path = log(10)
    path.write_bytes(path.read_bytes() + b"damaged\n")
    log(10)
    follower = Follower(path)
    assert sum(read.event is None for read in follower) == 1
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[5:]))
    log(1)
    assert [read.event is None for read in follower] == [False]


def test_writers_that_overtake_one_another_cost_nothing(log, monkeypatch):
    monkeypatch.setattr("codesentinel.store.follow._RECENT", 40)
    path = log(100)
    lines = path.read_bytes().splitlines(keepends=True)
    chance = random.Random(1)
    mixed = sorted(range(100), key=lambda n: n + chance.uniform(0, 8))
    path.write_bytes(b"".join(lines[n] for n in mixed))
    follower = Follower(path)
    assert len(told(follower)) == 100
    path.write_bytes(b"".join(lines[n] for n in mixed[30:]))
    log(3)
    assert len(told(follower)) == 3


def test_another_log_in_its_place_is_told_whole(log, tmp_path):
    path = log(10)
    follower = Follower(path)
    told(follower)
    path.unlink()
    other = SessionMemory(tmp_path, session_id="t", agent_id="a")
    other.log_domain_activity("stack", {"action": "started"})
    assert len(told(follower)) == 1
