"""The verdict on a resource does not depend on units or on when it is."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from codesentinel.analysis.trends.capacity.line import judge
from codesentinel.model.capacity import Resource
from codesentinel.model.finding import Finding, Severity, ranked
from codesentinel.model.series import Series

WEEK = 7 * 86400.0


def verdict(values, total, now):
    times = now - 60.0 * np.arange(len(values))[::-1]
    resource = Resource("disk", "d", "space", "df")
    judged = judge(Series({}, times, values), resource, total, now=now, horizon_seconds=WEEK)
    return judged.finding.severity if judged.finding else judged.reason


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    slope=st.floats(-2, 0.5),
    unit=st.sampled_from([1.0, 1024.0, 1e-9, 1e6]),
    shift=st.integers(-1000, 1000),
)
def test_units_and_the_calendar_do_not_matter(seed, slope, unit, shift):
    rng = np.random.default_rng(seed)
    values = 500 + slope * np.arange(200) + rng.standard_normal(200)
    plain = verdict(values, 1000.0, 1.8e9)
    assert verdict(values * unit, 1000.0 * unit, 1.8e9) == plain
    assert verdict(values, 1000.0, 1.8e9 + shift * 86400.0) == plain


findings = st.builds(
    Finding,
    kind=st.sampled_from(["a", "b"]),
    subject=st.text(max_size=3),
    severity=st.sampled_from(list(Severity)),
    summary=st.just("s"),
    action=st.just("a"),
    source=st.just("x"),
    confidence=st.none() | st.floats(0, 1),
)


@given(st.lists(findings, max_size=8), st.randoms())
def test_the_rank_does_not_depend_on_the_order_in_which_things_are_found(found, chance):
    shuffled = list(found)
    chance.shuffle(shuffled)
    order = [(f.severity, f.confidence or 0.0, f.id) for f in ranked(found)]
    assert order == [(f.severity, f.confidence or 0.0, f.id) for f in ranked(shuffled)]
    assert [s.rank for s, *_ in order] == sorted(s.rank for s, *_ in order)
