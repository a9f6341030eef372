"""What to do after a look, how far a journal has come, and whether traffic follows the weights."""

from __future__ import annotations

import random

import pytest

from codesentinel.analysis.rollout.arrival import ALPHA, mismatch
from codesentinel.analysis.rollout.decide import decide
from codesentinel.analysis.rollout.progress import contradiction, progress_of
from codesentinel.model.rollout import (
    FAIL,
    HOLD,
    INCONCLUSIVE,
    NEEDS_NO_FAIL,
    PASS,
    PROMOTE,
    ROLL_BACK,
    STEP,
    Judged,
    Plan,
    Step,
    Traffic,
)
from codesentinel.model.traffic import Arrived, Split

STEPS = (Step(5, 60, NEEDS_NO_FAIL), Step(25, 60), Step(50))


def plan(**changes):
    parts = {"steps": STEPS, "hold_seconds": 600, "tick_seconds": 15}
    return Plan("t", "s", "e", Traffic("envoy", "a", "b"), baseline="x", canary="y", **{**parts, **changes})


def at_step(number, *, applied=100.0):
    records = [
        {"kind": "begun", "at": 0, "id": "r", "fingerprint": "f", "before": [100, 0]},
        {"kind": "intent", "at": 99, "act": STEP, "step": number, "split": [95, 5], "reason": "x"},
    ]
    return progress_of(records + ([{"kind": "done", "at": applied}] if applied else []))


@pytest.mark.parametrize(
    ("step", "verdict", "now", "act", "to"),
    [
        (0, FAIL, 101, ROLL_BACK, -1),
        (2, FAIL, 10_000, ROLL_BACK, -1),
        (0, PASS, 159, HOLD, -1),
        (0, PASS, 160, STEP, 1),
        (0, INCONCLUSIVE, 160, STEP, 1),  # this step asks for no more than no harm
        (1, INCONCLUSIVE, 160, HOLD, -1),
        (1, INCONCLUSIVE, 699, HOLD, -1),
        (1, INCONCLUSIVE, 700, ROLL_BACK, -1),
        (1, PASS, 160, STEP, 2),
        (2, PASS, 101, PROMOTE, -1),
        (2, INCONCLUSIVE, 101, HOLD, -1),
    ],
)
def test_harm_rolls_back_and_only_evidence_leads_on(step, verdict, now, act, to):
    decision = decide(plan(), at_step(step), Judged(verdict, "because"), now)
    assert (decision.act, decision.step) == (act, to)
    assert "because" in decision.reason


def test_weights_that_are_not_set_are_no_step_to_leave():
    waiting = at_step(1, applied=None)
    assert decide(plan(), waiting, Judged(PASS, ""), 500).act == HOLD
    assert decide(plan(), waiting, Judged(INCONCLUSIVE, ""), 699).act == ROLL_BACK


def test_a_plan_may_hold_on_without_end():
    assert decide(plan(on_deadline=HOLD), at_step(1), Judged(INCONCLUSIVE, ""), 10**9).act == HOLD


def test_a_journal_cut_off_anywhere_says_what_is_meant():
    records = [
        {"kind": "begun", "at": 1, "id": "r", "fingerprint": "f", "before": [100, 0]},
        {"kind": "prepared", "at": 2},
        {"kind": "intent", "at": 3, "act": STEP, "step": 0, "split": [95, 5], "reason": "begins"},
        {"kind": "done", "at": 4},
        {"kind": "verdict", "at": 5, "verdict": FAIL, "reason": "slow"},
        {"kind": "intent", "at": 6, "act": ROLL_BACK, "step": -1, "split": [100, 0], "reason": "slow"},
        {"kind": "done", "at": 7},
        {"kind": "ended", "at": 8, "outcome": "rolled-back"},
    ]
    assert progress_of([]) is None
    cut = [progress_of(records[: n + 1]) for n in range(len(records))]
    assert [p.act for p in cut] == ["", "", STEP, STEP, STEP, ROLL_BACK, ROLL_BACK, ROLL_BACK]
    assert [p.applied_at for p in cut] == [None, None, None, 4, 4, None, 7, 7]
    assert [p.is_ending for p in cut] == [False] * 5 + [True] * 3
    assert cut[-1].ended == "rolled-back"
    assert cut[-1].before == Split(100, 0)
    assert cut[-1].shares == ((4, 0.05), (7, 0.0))
    for wrong in ([records[1]], [{"kind": "odd", "at": 1}], [records[0], {"kind": "intent", "at": 3}]):
        with pytest.raises((KeyError, ValueError)):
            progress_of(wrong)


@pytest.mark.parametrize(
    "forged",
    [
        {"act": "give"},
        {"split": [-500, 10_500]},
        {"split": [0, 0]},
        {"split": [1, 2, 3]},
        {"at": float("nan")},
        {"at": float("inf")},
        {"step": "first"},
    ],
)
def test_a_record_that_nobody_of_us_writes_is_refused(forged):
    begun = {"kind": "begun", "at": 0, "id": "r", "fingerprint": "f", "before": [100, 0]}
    intent = {"kind": "intent", "at": 1, "act": STEP, "step": 0, "split": [95, 5], "reason": ""}
    assert progress_of([begun, intent]).split == Split(95, 5)
    with pytest.raises((TypeError, ValueError)):
        progress_of([begun, intent | forged])


@pytest.mark.parametrize(
    ("act", "step", "split", "problem"),
    [
        (STEP, 0, [95, 5], ""),
        (STEP, 1, [191, 65], ""),  # as near to a quarter as HAProxy comes
        (STEP, 0, [0, 100], "step 1 gives the canary 5.00%, not 100.00%"),
        (STEP, 3, [50, 50], "there is no step 4"),
        (STEP, -1, [50, 50], "there is no step 0"),
        (PROMOTE, -1, [0, 100], ""),
        (PROMOTE, -1, [1, 99], "a promotion leaves nothing to the baseline"),
        (ROLL_BACK, -1, [100, 0], ""),
        (ROLL_BACK, -1, [0, 100], "the weights from before are others"),
    ],
)
def test_weights_that_the_plan_does_not_have_are_not_set(act, step, split, problem):
    begun = {"kind": "begun", "at": 0, "id": "r", "fingerprint": "f", "before": [100, 0]}
    intent = {"kind": "intent", "at": 1, "act": act, "step": step, "split": split, "reason": ""}
    assert contradiction(plan(), progress_of([begun, intent])) == problem


@pytest.mark.parametrize("share", [0.01, 0.05, 0.5, 0.99])
def test_traffic_by_chance_is_seldom_taken_for_astray_however_often_it_is_looked_at(share):
    """500 streams of 2,000 requests, looked at after each twentieth: at most ALPHA of them may be named."""
    chance = random.Random(4)
    split, named = Split(round(10_000 * (1 - share)), round(10_000 * share)), 0
    for _ in range(500):
        hits, wrong = 0, False
        for number in range(1, 2001):
            hits += chance.random() < share
            wrong = wrong or (number % 20 == 0 and bool(mismatch(split, Arrived(number - hits, hits))))
        named += wrong
    assert named <= 500 * ALPHA + 2


def test_traffic_that_does_not_follow_is_named():
    assert not mismatch(Split(100, 0), Arrived(0, 0))
    assert not mismatch(Split(100, 0), Arrived(1000, 0))
    assert "0.10%" in mismatch(Split(100, 0), Arrived(999, 1))
    assert mismatch(Split(0, 100), Arrived(1, 99))
    assert mismatch(Split(95, 5), Arrived(200, 0)) == ""
    assert mismatch(Split(95, 5), Arrived(500, 0))  # a canary that never gets a request
    assert mismatch(Split(95, 5), Arrived(100, 100))
    assert not mismatch(Split(95, 5), Arrived(9_400, 600)), "one in a hundred more is tolerated"
    assert mismatch(Split(50, 50), Arrived(700, 300))


def test_counters_that_began_anew_count_from_nothing():
    assert Arrived(5, 20).since(Arrived(100, 10)) == Arrived(5, 10)
