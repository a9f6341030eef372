"""A log read block by block: whatever happens to it, each line once, or a gap that is told."""

from __future__ import annotations

import json
import os

import pytest

from codesentinel.store import log_source
from codesentinel.store.archive import archive_log
from codesentinel.store.log_source import LogSource, Mark
from logs import log_of, write, write_old

NOW = 1_790_000_000.0
CUT = "2026-09-01T00:00:00.000+00:00"
OLD = 1_780_000_000.0  # before CUT


def numbers(lines):
    return [json.loads(line)["activity"]["metadata"]["n"] for line in lines]


def read_all(source, most_bytes=300):
    """All lines, and the gaps told."""
    lines, gaps = [], []
    while True:
        block = source.read(most_bytes)
        lines += block.lines
        gaps += [block.gap] if block.gap else []
        if not block.lines and not block.more:
            return lines, gaps


def raw(root):
    return log_of(root).read_bytes().splitlines()


def test_lines_come_once_while_the_log_grows(tmp_path):
    source = LogSource(str(tmp_path), "stack")
    assert source.read(1000).lines == []
    write(tmp_path, 5)
    first, _ = read_all(source)
    write(tmp_path, 3)
    second, gaps = read_all(source)
    assert numbers(first) + numbers(second) == [0, 1, 2, 3, 4, 0, 1, 2]
    assert gaps == []


def test_a_torn_tail_is_not_read_before_it_is_whole(tmp_path):
    write(tmp_path, 2)
    with log_of(tmp_path).open("ab") as file:
        file.write(b'{"half":')
    source = LogSource(str(tmp_path), "stack")
    assert len(read_all(source)[0]) == 2
    write(tmp_path, 1)  # heals it
    assert len(read_all(source)[0]) == 1


@pytest.mark.parametrize("read_before", [0, 1, 3, 6, 8])
@pytest.mark.parametrize("is_restarted", [False, True])
def test_what_is_archived_meanwhile_is_read_from_the_archive(tmp_path, read_before, is_restarted):
    write_old(tmp_path, [OLD + n for n in range(6)])
    write_old(tmp_path, [NOW, NOW + 1])
    wanted = raw(tmp_path)
    source, found, mark = LogSource(str(tmp_path), "stack"), [], None
    while len(found) < read_before:
        block = source.read(1)  # one line at least, whatever its length
        found, mark = found + block.lines, block.mark
    if is_restarted:
        source.close()
        source = LogSource(str(tmp_path), "stack", mark)
    archive_log(str(tmp_path), "stack", CUT)
    assert len(raw(tmp_path)) == 2
    write_old(tmp_path, [NOW + 2])
    rest, gaps = read_all(source)
    assert found + rest == [*wanted, raw(tmp_path)[-1]]
    assert gaps == []


def test_two_archives_made_while_the_reader_was_away(tmp_path):
    write_old(tmp_path, [OLD + n for n in range(4)])
    source = LogSource(str(tmp_path), "stack")
    first, mark, *_ = source.read(1)
    source.close()
    wanted = raw(tmp_path)
    write_old(tmp_path, [OLD + 4])
    archive_log(str(tmp_path), "stack", "2026-05-28T20:26:42.500+00:00")
    write_old(tmp_path, [OLD + n for n in range(5, 8)])
    wanted = [*wanted, *[line for line in raw(tmp_path) if line not in wanted]]
    write_old(tmp_path, [NOW])
    wanted.append(raw(tmp_path)[-1])
    archive_log(str(tmp_path), "stack", CUT)
    rest, gaps = read_all(LogSource(str(tmp_path), "stack", mark))
    assert first + rest == wanted
    assert gaps == []


def test_a_new_reader_begins_with_the_archives(tmp_path):
    write_old(tmp_path, [OLD, OLD + 1, NOW])
    wanted = raw(tmp_path)
    archive_log(str(tmp_path), "stack", CUT)
    assert read_all(LogSource(str(tmp_path), "stack")) == (wanted, [])


def test_a_log_that_was_renamed_is_read_to_its_end(tmp_path):
    write(tmp_path, 2)
    source = LogSource(str(tmp_path), "stack")
    assert len(read_all(source)[0]) == 2
    write(tmp_path, 3)
    log_of(tmp_path).rename(tmp_path / "rotated")
    write(tmp_path, 1)
    lines, gaps = read_all(source)
    assert numbers(lines) == [0, 1, 2, 0]
    assert gaps == []


def test_a_log_that_was_renamed_while_the_reader_was_away_is_a_gap(tmp_path):
    write(tmp_path, 2)
    source = LogSource(str(tmp_path), "stack")
    read_all(source)
    mark = source.read(1).mark
    source.close()
    write(tmp_path, 3)
    log_of(tmp_path).rename(tmp_path / "rotated")
    write(tmp_path, 1)
    lines, gaps = read_all(LogSource(str(tmp_path), "stack", mark))
    assert len(lines) == 1
    assert len(gaps) == 1
    assert "cut or replaced" in gaps[0]


def test_a_log_that_was_emptied_in_place_is_a_gap(tmp_path):
    write(tmp_path, 4)
    source = LogSource(str(tmp_path), "stack")
    read_all(source)
    os.truncate(log_of(tmp_path), 0)
    write(tmp_path, 6)
    lines, gaps = read_all(source)
    assert numbers(lines) == list(range(6))
    assert len(gaps) == 1


def test_a_removed_log_is_waited_for(tmp_path):
    write(tmp_path, 1)
    source = LogSource(str(tmp_path), "stack")
    read_all(source)
    write(tmp_path, 1)
    log_of(tmp_path).unlink()
    assert len(read_all(source)[0]) == 1  # it was still open
    assert read_all(source) == ([], [])


def test_lines_that_are_not_sealed_are_followed_too(tmp_path):
    path = log_of(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(b'{"n":1}\n{"n":2}\n')
    source = LogSource(str(tmp_path), "stack")
    block = source.read(8)
    source.close()
    with path.open("ab") as file:
        file.write(b'not json\n{"n":3}\n')
    rest, gaps = read_all(LogSource(str(tmp_path), "stack", block.mark))
    assert block.lines + rest == [b'{"n":1}', b'{"n":2}', b"not json", b'{"n":3}']
    assert gaps == []


def test_a_long_line_is_read_and_a_much_too_long_one_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(log_source, "LONGEST_LINE_BYTES", 50_000)
    write(tmp_path, 1, note="x" * 40_000)
    write(tmp_path, 1, note="x" * 300_000)
    write(tmp_path, 1)
    source = LogSource(str(tmp_path), "stack")
    sizes, too_long = [], 0
    while True:
        block = source.read(1000)
        sizes += [len(line) for line in block.lines]
        too_long += block.too_long
        if not block.more and not block.lines:
            break
    assert too_long == 1
    assert [size > 40_000 for size in sizes] == [True, False]


def test_a_mark_outlives_being_written_down(tmp_path):
    write(tmp_path, 2)
    source = LogSource(str(tmp_path), "stack")
    mark = source.read(10_000).mark
    assert Mark.of_document(json.loads(json.dumps(mark.as_document()))) == mark
