"""Timing: the windows, waits and intervals that every rule and route share.

They belong together: a rate needs several scrapes in its window, an alert several evaluations in its
``for``, and Alertmanager has to wait long enough that a muting alert arrives before the one it mutes.
Rules are written against a ``Timing`` and never against bare numbers, so that one catalogue serves a
fleet that is scraped each half minute and a demo that has to show a fault within seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

_RATE_SCRAPES = 6
_PAGE_SCRAPES = 2
_TICKET_SCRAPES = 3
_SHORTEST_HOST_WINDOW_SECONDS = 900.0
_HOST_SCRAPES = 20
_LONGEST_GROUP_WAIT_SECONDS = 30.0
_LONGEST_GROUP_INTERVAL_SECONDS = 300.0
_REPEAT_SECONDS = 4 * 3600.0
_PULSE_SECONDS = 60.0
_CAUSE_SECONDS = 900.0
_SHORTEST_EVENT_WINDOW_SECONDS = 300.0
_SHORTEST_OBJECTIVES_INTERVAL_SECONDS = 15.0
_SHORTEST_TRENDS_INTERVAL_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Timing:
    """How far rules look back, how long they wait, and how notifications are paced.

    Attributes:
        rate_window_seconds: what rates, ratios and quantiles are computed over; also how long a last
            known value stands in for a failed scrape, and how long an alert outlives its cause.
        page_for_seconds: how long a P1 condition must hold.
        ticket_for_seconds: how long a P2 condition must hold.
        cause_for_seconds: how long a resource must be short before that is a ticket: nobody suffers yet, and
            a busy quarter of an hour is what machines are for.
        event_window_seconds: how long something that happened once counts; longer than any wait.
        evaluation_interval_seconds: how often rules are evaluated.
        group_wait_seconds: how long Alertmanager collects a new group; at least an evaluation, so
            that an alert that mutes others is known before they are sent.
        group_interval_seconds: how long until a change in a group is sent.
        repeat_interval_seconds: how long until an unchanged group is sent again.
        pulse_seconds: how often the watchdog is sent.
        host_window_seconds: what the filling of disks is extrapolated from.
        objectives_interval_seconds: how often the error ratios of objectives are recorded; their windows
            are the same everywhere, and adding up a month of samples has to stay cheap.
        trends_interval_seconds: how often daily values are recorded; below the five minutes after which
            Prometheus forgets a series, for else they would have gaps.
    """

    rate_window_seconds: float
    page_for_seconds: float
    ticket_for_seconds: float
    cause_for_seconds: float
    event_window_seconds: float
    evaluation_interval_seconds: float
    group_wait_seconds: float
    group_interval_seconds: float
    repeat_interval_seconds: float
    pulse_seconds: float
    host_window_seconds: float
    objectives_interval_seconds: float
    trends_interval_seconds: float


PRODUCTION = Timing(
    rate_window_seconds=300.0,
    page_for_seconds=120.0,
    ticket_for_seconds=600.0,
    cause_for_seconds=_CAUSE_SECONDS,
    event_window_seconds=1200.0,
    evaluation_interval_seconds=15.0,
    group_wait_seconds=30.0,
    group_interval_seconds=300.0,
    repeat_interval_seconds=_REPEAT_SECONDS,
    pulse_seconds=_PULSE_SECONDS,
    host_window_seconds=6 * 3600.0,
    objectives_interval_seconds=60.0,
    trends_interval_seconds=240.0,
)
"""For servers scraped at least once a minute."""


def local(scrape_interval_seconds: float) -> Timing:
    """The shortest timing that is still correct at this scrape interval, for a stack on one machine.

    A rate over six scrapes survives a failed one, and a counter that appears with its first error is
    seen by the second scrape. A fault is delivered after at most two scrapes, one evaluation, the
    ``for`` and the group wait: 18 s for a page and 21 s for a ticket at 3 s.
    """
    scrape = scrape_interval_seconds
    return Timing(
        rate_window_seconds=_RATE_SCRAPES * scrape,
        page_for_seconds=_PAGE_SCRAPES * scrape,
        ticket_for_seconds=_TICKET_SCRAPES * scrape,
        cause_for_seconds=max(_CAUSE_SECONDS, _TICKET_SCRAPES * scrape),
        event_window_seconds=max(_SHORTEST_EVENT_WINDOW_SECONDS, _RATE_SCRAPES * scrape),
        evaluation_interval_seconds=scrape,
        group_wait_seconds=min(scrape, _LONGEST_GROUP_WAIT_SECONDS),
        group_interval_seconds=min(2 * scrape, _LONGEST_GROUP_INTERVAL_SECONDS),
        repeat_interval_seconds=_REPEAT_SECONDS,
        pulse_seconds=max(_PULSE_SECONDS, scrape),
        host_window_seconds=max(_SHORTEST_HOST_WINDOW_SECONDS, _HOST_SCRAPES * scrape),
        objectives_interval_seconds=max(_SHORTEST_OBJECTIVES_INTERVAL_SECONDS, scrape),
        trends_interval_seconds=max(_SHORTEST_TRENDS_INTERVAL_SECONDS, scrape),
    )
