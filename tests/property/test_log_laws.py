"""Laws of the log over any JSON and any damage."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from codesentinel.store.log import AppendOnlyLog
from codesentinel.store.reader import events, read_log
from codesentinel.store.session_memory import SessionMemory

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
records = st.dictionaries(st.text(), values, max_size=5)
tails = st.binary(max_size=300) | st.builds(
    lambda record, cut: json.dumps(record).encode()[: -cut or None], records, st.integers(0, 5)
)


def written(given_records):
    return b"".join(json.dumps(record).encode() + b"\n" for record in given_records)


@settings(max_examples=60, deadline=None)
@given(st.lists(records, max_size=8))
def test_what_is_appended_is_read_back(given_records):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "history.jsonl")
        log = AppendOnlyLog(path)
        for record in given_records:
            log.append(json.dumps(record).encode())
        log.close()
        assert list(events(path)) == given_records


@settings(max_examples=60, deadline=None)
@given(st.lists(records, max_size=5))
def test_metadata_that_is_json_is_logged_as_it_is(given_metadata):
    with tempfile.TemporaryDirectory() as folder:
        memory = SessionMemory(folder)
        for metadata in given_metadata:
            assert memory.log_domain_activity("law", {"action": "x", "metadata": metadata})
        read = [event["activity"]["metadata"] for event in events(memory.path("law"))]
        assert read == given_metadata


@settings(max_examples=120, deadline=None)
@given(st.lists(records, max_size=4), tails)
def test_healing_keeps_every_record_and_happens_once(given_records, tail):
    """Whatever a killed writer left behind, the records before it and the next one stand."""
    whole = written(given_records)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "history.jsonl")
        path.write_bytes(whole + tail)
        log = AppendOnlyLog(path)
        log.append(b'{"next": 1}')
        healed = path.read_bytes()
        assert healed.startswith(whole)
        assert healed.endswith(b'{"next": 1}\n')
        log.append(b'{"next": 2}')
        log.close()
        assert path.read_bytes() == healed + b'{"next": 2}\n'


@settings(max_examples=80, deadline=None)
@given(st.lists(records, max_size=4), tails)
def test_no_byte_of_a_torn_tail_is_lost(given_records, tail):
    """It stands in the log or beside it, and only a tail without its newline is moved."""
    whole = written(given_records)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "history.jsonl")
        path.write_bytes(whole + tail)
        AppendOnlyLog(path).append(b"{}")
        aside = path.with_name("history.jsonl.torn")
        kept = path.read_bytes()[len(whole) : -len(b"{}\n")]
        moved = aside.read_bytes() if aside.exists() else b""
        assert (kept + moved).removesuffix(b"\n") == tail.removesuffix(b"\n")


@settings(max_examples=80, deadline=None)
@given(st.lists(records, min_size=1, max_size=6), tails, st.data())
def test_reading_in_pieces_is_reading_at_once(given_records, tail, data):
    whole = written(given_records)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "history.jsonl")
        path.write_bytes(whole + tail)
        at_once = list(read_log(path))
        cut = data.draw(st.integers(0, len(at_once)))
        start = at_once[cut - 1].end if cut else 0
        assert at_once[:cut] + list(read_log(path, start)) == at_once
        assert [read.event for read in at_once][: len(given_records)] == given_records
