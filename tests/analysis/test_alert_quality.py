"""Alert quality on made-up histories whose answers are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesentinel.analysis.alerts.quality import History, judged
from codesentinel.analysis.alerts.quality_findings import quality_findings
from codesentinel.analysis.alerts.quality_firings import Covered, firings
from codesentinel.analysis.alerts.quality_reaction import act_of, notification_of
from codesentinel.analysis.alerts.quality_threshold import better_threshold, comparison
from codesentinel.analysis.alerts.quality_wait import better_wait
from codesentinel.model.alert_quality import Act, AlertRule, Firing, Notified
from codesentinel.model.series import Series
from codesentinel.stats.staleness import stale_at

DAY = 86400.0
SINCE, UNTIL = 1_800_000_000.0, 1_800_000_000.0 + 30 * DAY
PACE = 60.0
RULE = AlertRule("Slow", "P1", "latency > 0.5", 120.0, 300.0, PACE)
LABELS = {"alertname": "Slow", "severity": "P1", "service": "shop"}


def covered(*holes):
    times = np.arange(SINCE, UNTIL, PACE)
    for start, end in holes:
        times = times[(times < start) | (times > end)]
    return Covered(times, PACE, SINCE, UNTIL)


def series(*spans, stale=False, **labels):
    """``ALERTS`` with a sample each minute within the spans; with a marker after each of them if asked for."""
    times, marks = [], []
    for start, seconds in spans:
        own = list(np.arange(start, start + seconds, PACE))
        times += own + ([start + seconds] if stale else [])
        marks += [False] * len(own) + ([True] if stale else [])
    values = stale_at(np.ones(len(times)), np.array(marks, dtype=bool))
    return Series({"__name__": "ALERTS", "alertstate": "firing", **LABELS, **labels}, np.array(times), values)


def found(*spans, holes=(), **options):
    return firings([series(*spans, **options)], {RULE.key: PACE}, covered(*holes))


def firing(day, minutes, **labels):
    return Firing({**LABELS, **labels}, SINCE + day * DAY, SINCE + day * DAY + 60 * minutes)


def history(fired=(), acts=(), told=(), pending=(), record=None):
    return History(list(fired), list(pending), list(acts), list(told), record or covered())


def findings(one_history, rule=RULE, thresholds=None):
    one = judged(rule, one_history)
    return {f.kind: f for f in quality_findings([one], one_history, thresholds or {})}, one.quality


@pytest.mark.parametrize("stale", [True, False])
def test_firings_are_what_lies_together(stale):
    a, b = SINCE + DAY, SINCE + 2 * DAY
    assert [(f.start, f.end, f.whole) for f in found((a, 600), (b, 1200), stale=stale)] == [
        (a, a + 600, True),
        (b, b + 1200, True),
    ]


def test_a_lost_evaluation_ends_no_firing_and_two_of_them_do():
    a = SINCE + DAY
    assert len(found((a, 600), (a + 660, 600))) == 1
    assert len(found((a, 600), (a + 780, 600))) == 2


def test_a_marker_ends_a_firing_at_once_though_the_next_follows_soon():
    a = SINCE + DAY
    assert len(found((a, 600), (a + 660, 600), stale=True)) == 2


def test_while_nothing_was_on_record_nothing_ended():
    a = SINCE + DAY
    spans = ((a, 600), (a + 7200, 600))
    assert len(found(*spans)) == 2
    [one] = found(*spans, holes=[(a + 620, a + 7190)])
    assert (one.start, one.end) == (a, a + 7800)


def test_a_firing_at_an_end_of_the_window_is_not_whole():
    assert [f.whole for f in found((SINCE, 600), (SINCE + DAY, 60), (UNTIL - 300, 300))] == [
        False,
        True,
        False,
    ]


@given(st.lists(st.integers(1, 200), min_size=1, max_size=20))
def test_any_row_of_firings_is_found_again(minutes):
    start, spans = SINCE + DAY, []
    for length in minutes:
        spans.append((start, length * PACE))
        start += (length + 10) * PACE
    again = firings(
        [series(*spans)], {RULE.key: PACE}, Covered(np.arange(SINCE, UNTIL, PACE), PACE, SINCE, UNTIL)
    )
    assert [(f.start, f.end - f.start) for f in again] == spans


def test_series_of_one_rule_are_told_apart_and_rules_too():
    a = SINCE + DAY
    both = firings(
        [series((a, 600)), series((a, 600), service="cart"), series((a, 900), severity="P2")], {}, covered()
    )
    quality = judged(RULE, history(both)).quality
    assert (quality.firings, quality.total_seconds) == (2, 1200)
    assert quality.firing_ratio == pytest.approx(600 / (30 * DAY))


def test_a_wait_that_drops_the_short_ones_is_computed():
    """`for` is 2m and keep_firing_for 5m: firings of 6m had a condition that held for a minute longer than it had to."""
    fired = [firing(day, 6) for day in range(1, 10)] + [firing(day, 35) for day in (11, 12)]
    told, quality = findings(history(fired))
    assert told["alert-for"].summary == (
        "Slow P1: for: 4m would have dropped 9 of 11 firings, which ended by themselves, and delayed the other 2 by 2m"
    )
    assert told["alert-for"].action == "raise `for` from 2m to 4m"
    ratio = told["alert-for"].evidence["dropped_ratio"]
    assert (round(ratio["lower"], 3), round(ratio["upper"], 3)) == (0.523, 0.949)
    assert quality.median_seconds == 360


def test_a_wait_never_drops_what_somebody_acted_on_nor_delays_a_page_for_long():
    short, long = [firing(day, 6) for day in range(1, 10)], [firing(day, 35) for day in (11, 12)]
    acted = [Act(short[4].start + 60, "process/process_kill")]
    assert "alert-for" not in findings(history([*short, *long], acts=acted))[0]
    slow = [firing(day, 15) for day in range(1, 10)]
    assert "alert-for" not in findings(history([*slow, *(firing(day, 60) for day in (11, 12))]))[0]
    ticket = RULE._replace(severity="P2")
    assert better_wait(ticket, [firing(1, 15)] * 9 + [firing(2, 60)] * 2, [False] * 11).for_seconds == 15 * 60


def test_lengths_that_fall_into_no_heaps_give_no_advice():
    fired = [firing(day, 6 + day) for day in range(1, 20)]
    assert "alert-for" not in findings(history(fired))[0]
    assert "alert-for" not in findings(history([firing(1, 6), firing(2, 6), firing(3, 40)]))[0]


def test_what_fires_again_at_once_flaps():
    fired = [firing(1 + n * 0.01, 5) for n in range(8)]  # every 14.4 minutes, 9.4 of them silent
    told, quality = findings(history(fired))
    assert quality.flaps == 7
    assert told["alert-flapping"].summary == (
        "Slow P1: it fired again within half an hour 7 times of 8; keep_firing_for: 15m would have made 1 of them"
    )
    other = [firing(1 + n * 0.01, 5, service=f"s{n}") for n in range(8)]
    assert "alert-flapping" not in findings(history(other))[0]


def test_nobody_acting_is_surely_so_or_not_said():
    fired = [firing(day, 60) for day in range(1, 13)]
    elsewhere = Act(SINCE + 20 * DAY, "process/process_kill")
    told, quality = findings(history(fired, acts=[elsewhere]))
    assert (quality.unattended, quality.unattended_ratio.estimate) == (12, 1.0)
    assert "nobody acted on 12 of 12 firings (76% to 100% of such)" in told["alert-unattended"].summary
    assert told["alert-unattended"].action == "raise its threshold, or make it a ticket (P2)"
    answered = [Act(one.start + 600, "deploy/deployment-start", "shop") for one in fired[:4]]
    assert "alert-unattended" not in findings(history(fired, acts=[elsewhere, *answered]))[0]


def test_without_any_act_on_record_nobody_is_blamed():
    told, quality = findings(history([firing(day, 60) for day in range(1, 13)]))
    assert quality.unattended is None
    assert "alert-unattended" not in told


@pytest.mark.parametrize(
    ("act", "attended"),
    [
        (Act(SINCE + DAY + 60, "x"), True),
        (Act(SINCE + DAY + 3600 + 1790, "x"), True),
        (Act(SINCE + DAY + 3600 + 1810, "x"), False),
        (Act(SINCE + DAY - 10, "x"), False),
        (Act(SINCE + DAY + 60, "x", "shop"), True),
        (Act(SINCE + DAY + 60, "x", "cart"), False),
    ],
)
def test_an_act_answers_a_firing_in_its_time_and_on_its_service(act, attended):
    assert judged(RULE, history([firing(1, 60)], acts=[act])).attended == (attended,)


def test_what_was_muted_needs_no_answer():
    fired = [firing(day, 60) for day in range(1, 13)]
    notified = [Notified(one.start + 30, "Slow", "P1") for one in fired[:2]]
    quality = judged(RULE, history(fired, acts=[Act(SINCE, "x")], told=notified)).quality
    assert (quality.told, quality.unattended) == (2, 2)


def test_a_condition_that_ended_in_time_nearly_fired():
    waits = [firing(day, 2) for day in (1, 2, 3)]
    fired = [Firing(LABELS, waits[0].end, waits[0].end + 600)]
    quality = judged(RULE, history(fired, pending=waits)).quality
    assert (quality.firings, quality.near_misses) == (1, 2)


def test_what_fires_most_of_the_time_is_no_alert():
    told, quality = findings(history([firing(1, 20 * 1440)]))
    assert quality.firing_ratio == pytest.approx(20 / 30)
    assert "it fired for 67% of the time" in told["alert-constant"].summary


def test_an_hour_of_record_that_an_incident_fills_is_no_constant():
    hour = Covered(np.arange(SINCE, SINCE + 3600, PACE), PACE, SINCE, SINCE + 3600)
    assert findings(history([firing(0, 55)], record=hour))[0] == {}


def test_rules_that_never_fired_are_named_together_when_the_record_is_long_enough():
    told, _ = findings(history())
    assert told["alert-never-fired"].evidence == {"rules": ["Slow P1"]}
    assert told["alert-never-fired"].severity.value == "info"
    short = Covered(np.arange(SINCE, SINCE + DAY, PACE), PACE, SINCE, UNTIL)
    assert findings(history(record=short))[0] == {}


def test_only_a_plain_comparison_has_a_threshold():
    assert comparison("a:b:c / d > 0.5") == ("a:b:c / d", ">", 0.5)
    assert comparison("up == 0") is None
    assert comparison("a > 0.1\nand b >= 5") is None
    assert comparison("rate(x[5m]) <= -1e-3") == ("rate(x[5m])", "<=", -0.001)
    assert comparison("sum(a > 3)") is None


def test_a_threshold_that_nobody_would_miss_lies_between_what_was_ignored_and_what_was_acted_on():
    fired = [firing(day, 30) for day in range(1, 11)]
    times = np.arange(SINCE, UNTIL, PACE)
    values = np.full(len(times), 0.2)
    for index, one in enumerate(fired):
        values[(times >= one.start - 120) & (times <= one.end)] = 0.6 if index < 8 else 2.0
    values[np.searchsorted(times, fired[0].start)] = 9.0  # a peak that did not last
    latency = Series({"__name__": "latency", "service": "shop"}, times, values)
    other = Series({"__name__": "latency", "service": "cart"}, times, values * 10)
    better = better_threshold(comparison(RULE.query), 120, fired, [False] * 8 + [True] * 2, [latency, other])
    assert 0.6 <= better.proposed < 2.0
    assert (better.kept, better.firings, better.present) == (2, 10, 0.5)
    acts = [Act(one.start + 60, "x") for one in fired[8:]]
    told, _ = findings(
        history([*fired, *(firing(11 + d, 30) for d in range(9))], acts=acts), thresholds={RULE.key: better}
    )
    assert "at > 1.3 instead of 0.5 it would have fired 2 times" in told["alert-unattended"].summary


def test_events_of_the_log_are_acts_and_notifications_or_neither():
    def event(action, **metadata):
        return {"activity": {"action": action, "metadata": metadata}}

    assert act_of("deploy", event("deployment-start", service="shop"), 5.0) == Act(
        5.0, "deploy/deployment-start", "shop"
    )
    assert act_of("process", event("process_kill"), 5.0) == Act(5.0, "process/process_kill", "")
    assert act_of("process", event("process_snapshot"), 5.0) is None
    assert act_of("deploy", {"activity": None}, 5.0) is None
    labels = {"alertname": "Slow", "severity": "P1"}
    assert notification_of("alerts", event("alert-firing", labels=labels), 5.0) == Notified(5.0, "Slow", "P1")
    assert notification_of("alerts", event("alert-resolved", labels=labels), 5.0) is None
    assert notification_of("stack", event("alert-firing", labels=labels), 5.0) is None
