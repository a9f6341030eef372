"""The ledger and the DORA keys, on histories whose answers are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesentinel.analysis.deployments.attention import deployment_findings
from codesentinel.analysis.deployments.dora import dora
from codesentinel.analysis.deployments.ledger import Change, Ledger, Retirement
from codesentinel.model.deployment import Deployment

if TYPE_CHECKING:
    import random

DAY = 86400.0


def event(deployment):
    action = "deployment-finish" if deployment.is_final else "deployment-start"
    return {"activity": {"action": action, "metadata": deployment.as_document()}}


def ended(number, status="success", *, at, took=60.0, revision="", lead=None, service="shop"):
    return Deployment(
        f"d{number}",
        service,
        "production",
        revision,
        status,
        started_at=at - took,
        finished_at=at,
        commit_at=None if lead is None else at - lead,
    )


def ledger(*deployments):
    return Ledger(event(one) for one in deployments)


def test_the_four_keys_of_a_known_history():
    held = ledger(
        ended(1, at=1 * DAY, revision="a", lead=3600),
        ended(2, "failed", at=2 * DAY, revision="b", lead=100),
        ended(3, at=2 * DAY + 600, revision="a", lead=3600 + DAY),  # back to a: no new change
        ended(4, "aborted", at=3 * DAY),
        ended(5, at=4 * DAY, revision="c", lead=7200),
        ended(6, "rolled-back", at=5 * DAY, revision="d"),
    )
    [keys] = dora(held, since=0.0, until=7 * DAY)
    assert (keys.deployments, keys.succeeded, keys.failed, keys.unrecovered) == (5, 3, 2, 1)
    assert keys.per_week == 3
    assert keys.lead_seconds == (5400, None, None), "the median of 1 h and 2 h; too few for bounds"
    assert keys.recovery_seconds == (600, None, None)
    assert keys.fail_ratio.estimate == 0.4
    assert (keys.fail_ratio.lower, keys.fail_ratio.upper) == pytest.approx((0.118, 0.769), abs=0.001)
    assert keys.as_document()["fail_ratio"]["estimate"] == 0.4


def test_a_window_without_deployments_has_no_keys():
    assert dora(ledger(ended(1, at=DAY)), since=2 * DAY, until=3 * DAY) == []
    assert dora(Ledger(), since=0.0, until=DAY) == []


def test_what_was_found_bad_later_is_judged_anew_and_keeps_when_it_ended():
    held = ledger(ended(1, at=1000.0), ended(1, "failed", at=5000.0), ended(2, at=7000.0))
    assert held.deployments["d1"].status == "failed"
    assert held.recovery_seconds() == {"d1": 6000.0}
    held.take(event(ended(1, at=9000.0)))
    assert held.deployments["d1"].status == "failed", "a failure stays one"


@given(st.randoms(use_true_random=False))
def test_the_order_and_repetition_of_events_change_nothing(chance: random.Random):
    told = [ended(n, chance.choice(["success", "failed", "aborted"]), at=100.0 * n) for n in range(1, 9)]
    starts = [one.but(status="started", finished_at=None) for one in told]
    events = [event(one) for one in [*starts, *told]]
    held, shuffled = Ledger(events), [*events, *chance.choices(events, k=5)]
    chance.shuffle(shuffled)
    other = Ledger(shuffled)
    assert other.deployments == held.deployments
    assert other.recovery_seconds() == held.recovery_seconds()


@given(st.randoms(use_true_random=False))
def test_each_recovery_is_told_once_and_as_the_whole_history_says(chance: random.Random):
    told = [ended(n, chance.choice(["success", "failed", "rolled-back"]), at=100.0 * n) for n in range(1, 15)]
    held = Ledger()
    seen = [seconds for one in told for seconds in held.take(event(one)).recoveries]
    assert sorted(seen) == sorted(s for s in held.recovery_seconds().values() if s is not None)


def test_a_revision_is_released_once():
    held = Ledger()
    first = [
        held.take(event(ended(n, at=100.0 * n, revision=r))).first_of_revision for n, r in enumerate("aab", 1)
    ]
    assert first == [True, False, True]


def test_what_is_no_deployment_is_passed_over():
    good = event(ended(1, at=100.0))
    for wrong in (
        {"id": 7},
        {"status": "perhaps"},
        {"finished_at": "noon"},
        {"service": ""},
        {"commit_at": True},
    ):
        facts = good["activity"]["metadata"] | wrong
        assert Ledger().take({"activity": {"action": "deployment-finish", "metadata": facts}}) is None
    for odd in ({}, {"activity": None}, {"activity": {"action": "deploy.list", "metadata": {}}}):
        assert Ledger().take(odd) is None


def test_a_retired_service_is_forgotten_and_not_taken_for_new():
    held = ledger(ended(1, "failed", at=100.0), ended(2, at=100.0, service="blog"))
    retired = {"service": "shop", "environment": "production"}
    changed = held.take({"activity": {"action": "deployment-retire", "metadata": retired}})
    assert isinstance(changed, Retirement)
    assert list(held.deployments) == ["d2"]
    assert held.knows(ended(1, "failed", at=100.0))
    assert not held.knows(ended(3, at=100.0))
    assert isinstance(held.take(event(ended(4, at=200.0))), Change)


def test_attention_goes_to_failures_that_nothing_followed_and_to_what_never_ended():
    begun = ended(9, at=100.0).but(status="started", started_at=5 * DAY, finished_at=None)
    held = ledger(ended(1, "failed", at=5 * DAY), ended(2, "failed", at=5 * DAY, service="blog"), begun)
    held.take(event(ended(3, at=5 * DAY + 60, service="blog")))
    found = deployment_findings(held, 5 * DAY + 3 * 3600)
    assert [f.kind for f in found] == ["deployment.failed", "deployment.unfinished"]
    assert found[0].subject == "shop/production"
    assert "--id d9 --status aborted" in found[1].action
    assert deployment_findings(held, 30 * DAY) == [], "who has lived with it so long knows"
