"""Laws of the log over any JSON and any damage."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from codesentinel.store.log import AppendOnlyLog
from codesentinel.store.reader import events

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
records = st.dictionaries(st.text(), values, max_size=5)


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


@settings(max_examples=80, deadline=None)
@given(st.lists(records, max_size=4), st.binary(max_size=300))
def test_healing_keeps_every_record_and_happens_once(given_records, tail):
    """Whatever a killed writer left behind, the records before it and the next one stand."""
    whole = b"".join(json.dumps(r).encode() + b"\n" for r in given_records)
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
