"""Whatever is handed over becomes JSON that every reader takes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesentinel.store.strict_json import plain, strict_json


class Colour(Enum):
    RED = "red"


class Level(IntEnum):
    HIGH = 3


class Broken:
    def __str__(self):
        raise RuntimeError("no text today")


class BrokenMapping(dict):
    def items(self):
        raise RuntimeError("no items today")


def cycle():
    ring = {"a": [1]}
    ring["a"].append(ring)
    return ring


def deep(levels):
    value = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [
        (float("nan"), None),
        ([float("inf"), -float("inf"), 1.5], [None, None, 1.5]),
        ("lone \ud800", "lone \\ud800"),
        ("\ud83d\ude00", "\\ud83d\\ude00"),
        ("emoji \U0001f600 \u00fc", "emoji \U0001f600 \u00fc"),
        (b"\xff\x00a", "\\xff\x00a"),
        (
            {1: "a", None: "b", (1, 2): "c", Colour.RED: "d", "\udc80": "e"},
            {"1": "a", "None": "b", "[1, 2]": "c", "red": "d", "\\udc80": "e"},
        ),
        ({1}, [1]),
        ((1, (2,)), [1, [2]]),
        (range(3), "range(0, 3)"),
        (Colour.RED, "red"),
        (Level.HIGH, 3),
        (Path("/tmp/x"), "/tmp/x"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05+00:00"),
        (date(2026, 1, 2), "2026-01-02"),
        (Decimal("1.5"), "1.5"),
        (MappingProxyType({"a": 1}), {"a": 1}),
        (np.array([1.0, np.nan]), [1.0, None]),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.float32(0.5), 0.5),
        (2**70, 2**70),
        (cycle(), {"a": [1, "(circular)"]}),
        (Broken(), "(Broken: unreadable)"),
        (BrokenMapping(a=1), "(BrokenMapping: unreadable)"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_json_cannot_hold_becomes_what_it_can(given_value, expected):
    assert plain(given_value) == expected
    assert json.loads(strict_json(plain(given_value))) == expected


def test_an_integer_too_long_to_spell_in_decimals_is_spelled_in_hexadecimals():
    assert plain({"n": 10**5000}) == {"n": hex(10**5000)}


def test_what_lies_too_deep_is_cut():
    text = strict_json(plain(deep(10_000)))
    assert text.strip(b"[]") == b'"(too deep)"'
    assert json.loads(strict_json(deep(20))) == deep(20)


@pytest.mark.parametrize(
    "refused", [float("nan"), "\ud800", "\U0001f600\udc00", cycle(), deep(10_000), {(1, 2): 3}]
)
def test_the_quick_way_refuses_what_it_cannot_write_strictly(refused):
    with pytest.raises((TypeError, ValueError, RecursionError)):
        strict_json(refused)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None))
    | st.binary()
    | st.dates()
    | st.builds(object),
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner)
        | st.dictionaries(
            st.text(st.characters(codec=None)) | st.integers() | st.tuples(st.integers()), inner
        )
    ),
    max_leaves=12,
)


def refuse(constant):
    raise AssertionError(constant)


@given(anything)
def test_anything_becomes_one_line_of_strict_ascii_json(value):
    text = strict_json(plain(value))
    assert text.isascii()
    assert b"\n" not in text
    json.dumps(json.loads(text, parse_constant=refuse), ensure_ascii=False).encode()
    assert plain(plain(value)) == plain(value)
