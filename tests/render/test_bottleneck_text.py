"""What limits a service is told in ASCII, with pictures, and foreign names are harmless."""

from __future__ import annotations

import dataclasses
import math

from codesentinel.model.bottleneck import Bottleneck, Excluded, Knee, Red, Trouble, Use
from codesentinel.model.finding import Finding, Severity
from codesentinel.model.interval import Interval
from codesentinel.render.bottleneck_text import bottleneck_text, picture

HOSTILE = "shop\x1b[31m\n[OK] all fine <script>"
FINDING = Finding(
    kind="bottleneck-unexplained",
    subject=HOSTILE,
    severity=Severity.P2,
    summary="s",
    action="look at the code: codesentinel profile record --pid PID",
    source="bottleneck",
)
FOUND = Bottleneck(
    source="http://127.0.0.1:9090",
    service=HOSTILE,
    start=1.79e9,
    end=1.79e9 + 600,
    step_seconds=15.0,
    verdict="unexplained",
    summary=f"{HOSTILE} is slow",
    troubles=(Trouble("latency", "seconds", 0.03, 0.09, 0.4, 1.79e9 + 60, (1.0, 2.0, math.nan)),),
    causes=(),
    excluded=(Excluded("host-cpu", HOSTILE, "cores", "it does not move with it"),),
    unmeasured=("pool", "lock"),
    knee=Knee("seen", "at 40 requests/s they take 2 times as long", 40.0, Interval(50.0, 44.0, None)),
    red=(Red(HOSTILE, 10.0, 0.01, 0.03, None),),
    use=(
        Use("disk", "utilization", "the disk is at work", HOSTILE, "ratio", 0.5, 0.95, 0.9),
        Use("cpu", "utilization", "CPU time", "", "cores", 0.0, 0.0, None),
    ),
    findings=(FINDING,),
)


def test_a_picture_goes_from_the_lowest_to_the_highest_and_shows_gaps():
    assert picture((1.0, 2.0, math.nan, 3.0)) == "_= @"
    assert picture((5.0, 5.0)) == "__"
    assert picture((math.nan,)) == picture(()) == ""


def test_no_foreign_name_makes_a_line_or_a_colour():
    for everything in (False, True):
        told = bottleneck_text(FOUND, everything=everything)
        assert told.isascii()
        assert "\x1b" not in told
        assert "\n[OK]" not in told


def test_what_is_not_explained_points_to_the_code_and_to_what_is_not_measured():
    told = bottleneck_text(FOUND)
    assert "do: look at the code: codesentinel profile record --pid PID" in told
    assert "not measured, so neither named nor ruled out: pool, lock" in told


def test_the_capacity_has_its_interval_and_an_open_end_is_said():
    assert "capacity about 50 requests/s (95% 44 to open)" in bottleneck_text(FOUND)
    unseen = dataclasses.replace(
        FOUND, knee=Knee("not seen", "load never came near: at most 9 requests/s", 9.0)
    )
    assert "saturation knee: not seen: load never came near" in bottleneck_text(unseen)


def test_what_is_at_its_limit_is_marked_and_what_does_nothing_is_listed_on_demand():
    assert "at its limit" in bottleneck_text(FOUND)
    assert "CPU time" not in bottleneck_text(FOUND)
    assert "CPU time" in bottleneck_text(FOUND, everything=True)
    assert "host-cpu" not in bottleneck_text(FOUND)
    assert "host-cpu" in bottleneck_text(FOUND, everything=True)
