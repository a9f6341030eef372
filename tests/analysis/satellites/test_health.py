"""The health of procedures from a run book: counts, sources kept apart, edits compared, findings."""

from __future__ import annotations

import pytest

from codesentinel.analysis.satellites.health import health_of
from codesentinel.model.procedure_health import BETTER, FALLING, RISING, STEADY, UNKNOWN, WORSE
from codesentinel.model.procedure_runs import ArmCount, Opinion, RunBook, Seen, Took, WeekCount

WEEK = 7 * 86400.0
ONE = "github/PROC-1"


def arms(version, failures, successes, *, aborted=0, procedure=ONE, agent="a", model="m", source="declared"):
    ended = (
        ("Failure", source, failures),
        ("Success", source, successes),
        ("Agent-Aborted", "inferred", aborted),
    )
    return [
        ArmCount(procedure.rpartition("/")[0], procedure, version, agent, model, status, by, runs)
        for status, by, runs in ended
        if runs
    ]


def book(*groups, took=(), weeks=(), opinions=()):
    every = [arm for group in groups for arm in group]
    keys = list(dict.fromkeys((arm.procedure, arm.version) for arm in every))
    seen = {key: Seen(100.0 + place, 200.0 + place) for place, key in enumerate(keys)}
    return RunBook(tuple(every), tuple(weeks), tuple(took), seen, tuple(opinions), 0.0, 1e9, 0.0)


def only(found):
    (one,) = found.procedures
    return one


def test_counts_and_their_interval():
    one = only(health_of(book(arms("v1", 3, 5, aborted=2))))
    assert (one.ends.runs, one.ends.failures, one.ends.aborted) == (10, 3, 2)
    assert one.ends.failure_ratio == pytest.approx((0.3, 0.1078, 0.6032), abs=1e-4)
    assert one.satellite == "github"
    assert one.is_current
    assert one.edit_effect is None


def test_what_is_checked_said_and_guessed_is_never_mixed_silently():
    checked = arms("v1", 6, 4, source="verified")
    one = only(health_of(book(checked, arms("v1", 0, 40, aborted=5))))
    assert {name: ends.runs for name, ends in one.status_sources.items()} == {
        "verified": 10,
        "declared": 40,
        "inferred": 5,
    }
    assert list(one.status_sources) == ["verified", "declared", "inferred"]
    assert one.status_sources["verified"].failure_ratio.estimate == 0.6
    assert one.status_sources["declared"].failure_ratio.estimate == 0.0


def test_open_runs_are_in_no_ratio():
    still = [ArmCount("github", ONE, "v1", "a", "m", "open", "", 4)]
    one = only(health_of(book(arms("v1", 1, 1), still)))
    assert (one.ends.runs, one.open, one.ends.failure_ratio.estimate) == (2, 4, 0.5)
    assert list(one.status_sources) == ["declared"]


def test_the_one_most_likely_to_fail_comes_first_and_not_the_one_with_least_runs():
    few = arms("v1", 1, 0, procedure="few/PROC-1")
    many = arms("v1", 40, 60, procedure="many/PROC-1")
    good = [arm for n in range(8) for arm in arms("v1", 2, 98, procedure=f"good/PROC-{n}")]
    found = health_of(book(few, many, good))
    assert next(one.id for one in found.procedures) == "many/PROC-1"
    one = next(one for one in found.procedures if one.id == "few/PROC-1")
    assert one.ends.failure_ratio.estimate == 1.0
    assert one.shrunken_ratio < 0.5


def test_old_versions_come_behind():
    found = health_of(book(arms("v1", 9, 1), arms("v2", 1, 9), arms("v1", 1, 9, procedure="docs/PROC-1")))
    assert [(one.id, one.version, one.is_current) for one in found.procedures] == [
        ("docs/PROC-1", "v1", True),
        (ONE, "v2", True),
        (ONE, "v1", False),
    ]


@pytest.mark.parametrize(
    ("after", "verdict"), [((40, 60), WORSE), ((1, 99), BETTER), ((16, 84), UNKNOWN), ((3, 7), UNKNOWN)]
)
def test_an_edit_is_judged(after, verdict):
    found = health_of(book(arms("v1", 16, 84), arms("v2", *after)))
    effect = found.procedures[0].edit_effect
    assert (effect.from_version, effect.verdict) == ("v1", verdict)
    assert (effect.before, effect.after) == ((16, 100), (after[0], sum(after)))
    if verdict != UNKNOWN:
        assert effect.e_value >= 20
        assert effect.more_runs == 0
        assert (effect.difference.lower > 0) == (verdict == WORSE)
    assert found.procedures[1].edit_effect is None


def test_not_known_yet_says_how_many_more():
    effect = health_of(book(arms("v1", 10, 90), arms("v2", 4, 8))).procedures[0].edit_effect
    assert effect.verdict == UNKNOWN
    assert 0 < effect.more_runs < 60
    assert not effect.mix_changed


def test_another_mix_of_agents_is_no_effect_of_the_edit():
    """Each agent fails as often as before; only who runs it has changed."""
    weak, strong = {"agent": "weak"}, {"agent": "strong"}
    before = arms("v1", 45, 45, **weak) + arms("v1", 1, 9, **strong)
    after = arms("v2", 5, 5, **weak) + arms("v2", 9, 81, **strong)
    effect = health_of(book(before, after)).procedures[0].edit_effect
    assert effect.verdict == UNKNOWN
    assert effect.e_value < 2
    assert effect.mix_changed
    assert effect.strata == 2
    assert effect.before == (46, 100)
    assert effect.after == (14, 100)


def test_what_no_agent_ran_in_both_versions_is_not_compared():
    effect = health_of(book(arms("v1", 1, 99), arms("v2", 90, 10, model="other"))).procedures[0].edit_effect
    assert (effect.verdict, effect.e_value, effect.difference) == (UNKNOWN, 1.0, None)
    assert (effect.strata, effect.compared, effect.mix_changed, effect.more_runs) == (0, 0.0, True, None)


def test_a_stricter_check_is_no_worse_text():
    before = arms("v1", 2, 98)
    after = arms("v2", 2, 98) + arms("v2", 30, 10, source="verified")
    effect = health_of(book(before, after)).procedures[0].edit_effect
    assert effect.verdict == UNKNOWN


def test_times_take_aborted_runs_for_longer_than_they_lasted():
    took = [Took(ONE, "v1", "Success", 60.0, 5), Took(ONE, "v1", "Agent-Aborted", 50.0, 5)]
    took += [Took(ONE, "v1", "Success", 200.0, 5)]
    one = only(health_of(book(arms("v1", 0, 12, aborted=5), took=took)))
    assert (one.times.median, one.times.p95, one.times.left_out) == (60.0, 200.0, 2)
    assert one.times.incidence[-1] == pytest.approx(
        {"seconds": 200.0, "success": 2 / 3, "failure": 0.0, "aborted": 1 / 3}
    )
    nothing = only(health_of(book(arms("v1", 0, 2))))
    assert (nothing.times.median, nothing.times.incidence) == (None, ())


def weeks(*failures, runs=50):
    return [
        WeekCount(ONE, n * WEEK, status, count)
        for n, failed in enumerate(failures)
        for status, count in (("Failure", failed), ("Success", runs - failed))
    ]


@pytest.mark.parametrize(
    ("failures", "direction"),
    [
        ((2, 6, 12, 20), RISING),
        ((20, 12, 6, 2), FALLING),
        ((10, 9, 11, 10), STEADY),
        ((0, 0, 0), STEADY),
        ((5, 20), UNKNOWN),
    ],
)
def test_trends(failures, direction):
    (trend,) = health_of(book(arms("v1", 1, 1), weeks=weeks(*failures))).trends
    assert trend.direction == direction
    assert [week.ends.failures for week in trend.weeks] == list(failures)


def opinion(clarity, version="v1", comment="", at=1.0):
    return Opinion("github", ONE, version, at, clarity, None, comment)


def test_feedback_shows_counts_and_a_mean_that_few_answers_do_not_carry_away():
    said = [opinion(1, comment="old"), opinion(1, comment="new", at=9.0)]
    said += [Opinion("docs", "docs/PROC-1", "v1", 1.0, 5, 5, "")] * 20
    found = health_of(book(arms("v1", 0, 5), opinions=said))
    one = next(one for one in found.procedures if one.id == ONE)
    assert (one.feedback.clarity.mean, one.feedback.clarity.counts, one.feedback.n) == (
        1.0,
        (2, 0, 0, 0, 0),
        2,
    )
    assert 1.5 < one.feedback.clarity.shrunken < 4
    assert one.feedback.usefulness == (type(one.feedback.usefulness)(None, None, (0,) * 5))
    assert one.feedback.comments == ("new", "old")


def kinds(found):
    return {(one.kind, one.subject): one.severity.value for one in found.findings}


def test_findings_name_what_needs_somebody_and_nothing_else():
    calm = [arm for n in range(4) for arm in arms("v1", 3, 97, procedure=f"calm/PROC-{n}")]
    quick = [Took(f"calm/PROC-{n}", "v1", "Success", 60.0, 100) for n in range(4)]
    groups = (
        calm,
        arms("v1", 30, 20, procedure="x/fails"),
        arms("v1", 0, 20, aborted=20, procedure="x/given-up"),
        arms("v1", 5, 95, procedure="x/edited"),
        arms("v2", 40, 60, procedure="x/edited"),
        arms("v1", 40, 60, procedure="x/mended"),
        arms("v2", 5, 95, procedure="x/mended"),
        arms("v1", 0, 20, procedure="x/slow"),
        arms("v1", 2, 1, procedure="x/too-few"),
        arms("v1", 0, 9, procedure="x/unclear"),
    )
    said = [Opinion("x", "x/unclear", "v1", 1.0, 1, 3, "what is a bucket?")] * 8
    slow = [Took("x/slow", "v1", "Success", 3600.0, 20)]
    found = health_of(book(*groups, took=quick + slow, opinions=said), known=["x/never", "x/fails"])
    assert kinds(found) == {
        ("procedure.failing", "x/fails"): "P2",
        ("procedure.given_up", "x/given-up"): "P2",
        ("procedure.failing", "x/edited"): "P2",
        ("procedure.worsened", "x/edited"): "P2",
        ("procedure.improved", "x/mended"): "info",
        ("procedure.slow", "x/slow"): "info",
        ("procedure.unclear", "x/unclear"): "info",
        ("procedure.unused", "x/never"): "info",
    }
    assert found.unused == ("x/never",)
    assert all(one.action and one.summary for one in found.findings)


def test_nothing_is_healthy():
    found = health_of(book())
    assert (found.procedures, found.findings) == ((), ())
