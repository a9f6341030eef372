"""One spelling of time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesentinel.model.timestamp import rfc3339, utc

moments = st.floats(0, 4e9)


def test_a_timestamp_is_utc_with_offset_and_milliseconds():
    assert rfc3339(1_700_000_000.5) == "2023-11-14T22:13:20.500+00:00"
    assert rfc3339(0) == "1970-01-01T00:00:00.000+00:00"
    assert utc(0) == datetime(1970, 1, 1, tzinfo=UTC)


@given(moments)
def test_a_timestamp_is_read_back_to_the_millisecond(moment):
    assert datetime.fromisoformat(rfc3339(moment)).timestamp() == pytest.approx(moment, abs=0.001001)


@given(moments, moments)
def test_timestamps_sort_as_the_moments_they_name(one, other):
    earlier, later = sorted((one, other))
    assert rfc3339(earlier) <= rfc3339(later)
    assert len(rfc3339(one)) == len(rfc3339(other))
