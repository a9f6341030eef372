"""Several series at once: what none of them would be told for alone, who made it up, and one incident for all."""

from __future__ import annotations

import numpy as np
import pytest

from codesentinel.analysis.trends.anomalies.examine import examine, judge_each
from codesentinel.analysis.trends.anomalies.together import together
from codesentinel.analysis.trends.given import Given
from codesentinel.model.series import Series
from day_rhythm import START, between, rhythm

NAMES = ("cpu", "memory", "disk", "network", "requests")


def fleet(days=10, trouble=None, names=NAMES):
    found = []
    for seed, name in enumerate(names):
        times, values = rhythm(days=days, seed=seed, swing=0)
        if trouble:
            values = trouble(name, times, values)
        found.append(Series({"name": name}, times, values))
    return found


def brief(name, times, values):
    """Three of five jump for twenty minutes."""
    jump = {"disk": 25, "network": -25, "cpu": 15}.get(name, 0)
    return values + jump * between(times, 7, 3, 1 / 3)


def test_what_is_brief_is_found_together_and_named():
    judged = together(fleet(trouble=brief))
    spans = [span for span in judged.flagged if between(np.array([span.start]), 7, 3, 1 / 3)[0]]
    assert len(spans) == 1
    assert {moved.labels["name"] for moved in spans[0].moved[:3]} == {"disk", "network", "cpu"}
    assert sum(moved.share for moved in spans[0].moved) <= 1 + 1e-9
    disk = next(moved for moved in spans[0].moved if moved.labels["name"] == "disk")
    assert disk.observed > disk.expected.upper


def test_nothing_is_found_where_nothing_is():
    assert together(fleet(days=14)).flagged == ()


def test_scores_together_are_blind_to_the_future():
    whole = together(fleet(trouble=brief))
    kept = 1500
    part = together([Series(one.labels, one.times[:kept], one.values[:kept]) for one in fleet(trouble=brief)])
    assert part.scores.tobytes() == whole.scores[:kept].tobytes()


def test_a_series_that_has_yet_to_change_counts_as_it_will():
    still = Series({"name": "still"}, fleet()[0].times, np.full(len(fleet()[0]), 3.0))
    changed = Series(still.labels, still.times, np.where(np.arange(len(still)) < 2000, 3.0, 4.0))
    before, after = (together([*fleet(), one]) for one in (still, changed))
    assert before.scores[:2000].tobytes() == after.scores[:2000].tobytes()


def test_series_that_move_together_are_one_incident():
    def trouble(name, times, values):
        return (
            values * np.where(between(times, 7, 11, 3), 0.5, 1.0) if name in ("requests", "cpu") else values
        )

    given = [Given(one) for one in fleet(trouble=trouble)]
    found = examine(given, judge_each(given, sensitivity=0.5), sensitivity=0.5)
    during = [
        one for one in found.incidents if START + 7 * 86400 + 39600 <= one.start < START + 7 * 86400 + 50400
    ]
    assert len(during) == 1
    assert {member.labels["name"] for member in during[0].members} >= {"requests", "cpu"}
    assert all(a.end < b.start for a, b in zip(found.incidents, found.incidents[1:], strict=False))


@pytest.mark.parametrize(
    ("series", "because"),
    [
        (fleet(names=NAMES[:2]), "3 series make a whole, not 2"),
        ([Series({}, np.arange(5.0), np.full(5, np.nan))] * 3, "none of their samples is a number"),
        (
            [Series({}, np.arange(600.0) + i / 10, np.ones(600)) for i in range(4)],
            "their samples are of different",
        ),
    ],
)
def test_what_is_no_whole_says_why(series, because):
    judged = together(series)
    assert judged.reason.startswith(because)
    assert judged.flagged == ()
