"""What `Retry-After` says, and for how long the world is waited for."""

from __future__ import annotations

import random

import pytest

from codesentinel.capture.http_stream import Passing
from codesentinel.capture.retry import Patience, Retrying, retry_after
from codesentinel.model.errors import Unreachable


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 90.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("1e3", None),
    ],
)
def test_seconds_and_dates_are_understood_and_nothing_else(header, seconds):
    assert retry_after(header, now=10.0) == seconds


def test_readers_do_not_return_at_once():
    def first_pauses(seed):
        slept: list[float] = []
        retrying = Retrying(
            Patience(attempts=4, first_seconds=1),
            tell=lambda _: None,
            cancelled=lambda: False,
            sleep=slept.append,
            chance=random.Random(seed).random,
        )

        def fail():
            raise Passing(Unreachable("gone"))

        with pytest.raises(Unreachable, match="gone; asked 4 times"):
            retrying.call(fail, known=True)
        return sum(slept)

    waited = {round(first_pauses(seed), 3) for seed in range(20)}
    assert len(waited) > 15
    assert all(3.5 <= seconds <= 7 for seconds in waited)
