import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesentinel.mixin.timing import PRODUCTION, Timing, local

SCRAPE_SECONDS = st.floats(min_value=1, max_value=300)


def _seconds_to_page(timing: Timing, scrape_seconds: float) -> float:
    """Two scrapes see the fault, an evaluation notices, ``for`` holds it, Alertmanager collects."""
    return (
        2 * scrape_seconds
        + timing.evaluation_interval_seconds
        + timing.page_for_seconds
        + timing.group_wait_seconds
    )


@given(SCRAPE_SECONDS)
def test_a_local_rate_window_holds_at_least_four_scrapes(scrape):
    assert local(scrape).rate_window_seconds >= 4 * scrape


@given(SCRAPE_SECONDS)
def test_a_local_condition_must_hold_for_at_least_two_scrapes_and_longer_for_a_ticket(scrape):
    timing = local(scrape)
    assert 2 * scrape <= timing.page_for_seconds < timing.ticket_for_seconds


@given(SCRAPE_SECONDS)
def test_a_disk_is_followed_over_at_least_twenty_scrapes(scrape):
    assert local(scrape).host_window_seconds >= 20 * scrape


@pytest.mark.parametrize("timing", [PRODUCTION, local(1), local(3), local(30)])
def test_a_muting_alert_is_known_before_what_it_mutes_is_sent(timing):
    assert timing.group_wait_seconds >= timing.evaluation_interval_seconds


def test_at_three_seconds_a_fault_is_delivered_within_thirty():
    timing = local(3)
    assert _seconds_to_page(timing, 3) == 18
    assert _seconds_to_page(timing, 3) - timing.page_for_seconds + timing.ticket_for_seconds == 21


def test_production_waits_for_at_least_a_minute_before_it_pages():
    assert PRODUCTION.page_for_seconds >= 60
    assert PRODUCTION.ticket_for_seconds > PRODUCTION.rate_window_seconds > PRODUCTION.page_for_seconds
