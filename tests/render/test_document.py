"""Records as JSON that every reader takes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import Enum, IntEnum
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesentinel.render.document import envelope, error_envelope, plain


class Level(IntEnum):
    HIGH = 3


class Colour(Enum):
    RED = "red"


class Row(NamedTuple):
    name: str
    value: float


class Spoken:
    """A record that says itself how it is written."""

    def as_document(self):
        return {"said": Colour.RED}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("nan"), None),
        (np.float64("inf"), None),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array(1.5), 1.5),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (Level.HIGH, 3),
        (Colour.RED, "red"),
        (Row("a", float("-inf")), {"name": "a", "value": None}),
        (Spoken(), {"said": "red"}),
        ((Row("a", 1.0),), [{"name": "a", "value": 1.0}]),
        ((n for n in (1, 2)), [1, 2]),
        (Path("/x"), "/x"),
        (b"na\xefve", "na\\xefve"),
        ("undecodable \udcff", "undecodable \\udcff"),
        ({"\udcff": "\U0001f600"}, {"\\udcff": "\U0001f600"}),
        (datetime(2026, 1, 2, 3, 4, 5, 678_900, tzinfo=UTC), "2026-01-02T03:04:05.678+00:00"),
        ({1: None, "b": False}, {"1": None, "b": False}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_record_becomes_plain(value, expected):
    assert plain(value) == expected


def test_a_document_is_one_line_of_ascii_and_names_its_schema():
    text = envelope("memory.process", [Row("\u00fc\n\x1b\u2028", 1.0)], 0.0)
    assert text.isascii()
    assert text.isprintable()
    assert json.loads(text) == {
        "schema": "codesentinel/memory.process/v1",
        "generated_at": "1970-01-01T00:00:00.000+00:00",
        "data": [{"name": "\u00fc\n\x1b\u2028", "value": 1.0}],
    }
    assert json.loads(error_envelope("usage", "no \x1b", ""))["error"]["message"] == "no \x1b"


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**70), 2**70)
        | st.floats()
        | st.text(st.characters(codec=None)),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec=None)), inner),
        max_leaves=10,
    )
)
def test_any_data_is_written_strictly_and_plain_twice_is_plain_once(value):
    data = json.loads(envelope("x", value, 0.0))["data"]
    assert data == plain(value) == plain(plain(value))
    json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
