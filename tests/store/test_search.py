"""Searching: newest first, across logs and archives, however the text is spelled."""

from __future__ import annotations

import json

import pytest

from codesentinel.store import search as module
from codesentinel.store.search import search
from logs import DAY, event, log_of, write, write_old

NOW = 1.79e9


def found(root, text, domains=("stack",), limit=0):
    notes = []
    hits = list(search(str(root), domains, text, limit=limit, notes=notes))
    assert notes == []
    return hits


def test_hits_come_newest_first_from_all_domains(tmp_path):
    write_old(tmp_path, [NOW + n for n in range(0, 20, 2)])
    write_old(tmp_path, [NOW + n for n in range(1, 20, 2)], domain="review", action="Restarted too")
    hits = found(tmp_path, "rESTARTED", ("stack", "review"))
    times = [hit.record["timestamp"] for hit in hits]
    assert times == sorted(times, reverse=True)
    assert len(times) == 20
    assert [hit.record["timestamp"] for hit in found(tmp_path, "restarted", ("stack", "review"), 3)] == times[
        :3
    ]
    assert len(found(tmp_path, "restarted too", ("stack", "review"))) == 10


@pytest.mark.parametrize("block", [64, 700, 1 << 22])
def test_blocks_do_not_split_what_is_found(tmp_path, monkeypatch, block):
    monkeypatch.setattr(module, "_BLOCK_BYTES", block)
    write(tmp_path, 200)
    hits = found(tmp_path, '"n":7')
    assert [hit.record["activity"]["metadata"]["n"] for hit in hits] == [
        79,
        78,
        77,
        76,
        75,
        74,
        73,
        72,
        71,
        70,
        7,
    ]
    text = log_of(tmp_path).read_bytes()
    for hit in hits:
        assert json.loads(text[hit.offset : text.index(b"\n", hit.offset)]) == hit.record


@pytest.mark.parametrize("sought", ["Ärger", "ärger", 'say "no"', "back\\slash", "\U0001f525"])
def test_letters_beyond_ascii_and_quotes(tmp_path, sought):
    write(tmp_path, 3)
    write(tmp_path, 1, metadata={"reason": 'ÄRGER: say "no" to back\\slash \U0001f525'})
    assert len(found(tmp_path, sought)) == 1
    raw = json.dumps(event(NOW, reason="ärger"), ensure_ascii=False)
    with log_of(tmp_path).open("a") as file:
        file.write(raw + "\n")
    assert len(found(tmp_path, "ärger")) == 2


def test_a_torn_tail_a_damaged_line_and_a_missing_log(tmp_path):
    write(tmp_path, 2)
    with log_of(tmp_path).open("ab") as file:
        file.write(b"{needle \xff\n{needle")
    hits = found(tmp_path, "NEEDLE")
    assert len(hits) == 1
    assert "needle" in hits[0].record["line"]
    assert found(tmp_path, "needle", ("none",)) == []


def test_archives_are_searched(tmp_path):
    pytest.importorskip("duckdb")
    from codesentinel.store.archive import archive_log

    write_old(tmp_path, [NOW - 20 * DAY + n for n in range(50)], action="Old One")
    write_old(tmp_path, [NOW + n for n in range(50)], action="Young One")
    archive_log(str(tmp_path), "stack", "2026-09-11T00:00:00.000+00:00")
    hits = found(tmp_path, "one")
    times = [hit.record["timestamp"] for hit in hits]
    assert len(times) == 100
    assert times == sorted(times, reverse=True)
    assert [hit.offset for hit in found(tmp_path, "old one")] == [-1] * 50
