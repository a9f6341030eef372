"""Durations, as people write and read them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesentinel.model.duration import format_duration, parse_duration, prometheus_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("90", 90),
        ("1.5", 1.5),
        ("250ms", 0.25),
        ("90s", 90),
        ("5m", 300),
        ("1h30m", 5400),
        ("1.5h", 5400),
        ("7d", 604_800),
        ("2w", 1_209_600),
        ("1y", 31_536_000),
        (" 5m ", 300),
    ],
)
def test_a_duration_is_read(text, seconds):
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text", ["", "soon", "-5", "-5m", "5 m", "m", "5mm", "5M", "nan", "inf", "1e999", "9" * 400 + "y"]
)
def test_what_is_no_duration_is_refused_by_name(text):
    with pytest.raises(ValueError, match=re.escape(f"{text!r} is not a duration such as 90s, 5m, 24h or 7d")):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (0.4, "0.4s"),
        (59, "59s"),
        (60, "1m"),
        (90, "1m 30s"),
        (3599.6, "1h"),
        (3661, "1h 1m"),
        (3 * 86400 + 4 * 3600 + 5, "3d 4h"),
        (31_536_000, "1y"),
        (-90, "-1m 30s"),
        (float("inf"), "unknown"),
        (float("nan"), "unknown"),
    ],
)
def test_a_duration_is_shown_by_its_two_largest_units(seconds, text):
    assert format_duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (0.5, "500ms"),
        (1, "1s"),
        (90, "90s"),
        (300, "5m"),
        (5400, "90m"),
        (7200, "2h"),
        (86400, "1d"),
        (604_800, "7d"),
    ],
)
def test_rule_files_get_one_whole_unit(seconds, text):
    assert prometheus_duration(seconds) == text


@given(st.integers(0, 10**9))
def test_what_is_written_for_rule_files_is_read_back(seconds):
    assert parse_duration(prometheus_duration(seconds)) == seconds


@given(st.floats(60, 3e9))
def test_what_is_shown_to_people_is_nearly_the_truth(seconds):
    shown = parse_duration(format_duration(seconds).replace(" ", ""))
    assert shown == pytest.approx(seconds, rel=0.02, abs=0.5)
