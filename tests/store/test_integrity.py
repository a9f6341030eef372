"""The chain of a whole log: every way of tampering shows, and says where."""

from __future__ import annotations

import json
import os

import pytest

from codesentinel.store import chain
from codesentinel.store.integrity import check_chain
from logs import index_of, log_of, write


def state_of(root, witnesses=None):
    return check_chain(str(root), "stack", witnesses or {})


def rewritten(root, change):
    """Write the log anew with changed lines."""
    lines = log_of(root).read_bytes().splitlines(keepends=True)
    log_of(root).write_bytes(b"".join(change(lines)))


def test_a_log_as_it_was_written_is_whole(tmp_path):
    write(tmp_path, 30)
    state = state_of(tmp_path)
    assert (state.lines, state.unchained, state.breaks) == (30, 0, ())
    assert state.head == chain.value(log_of(tmp_path).read_bytes().splitlines()[-1]).decode()


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda lines: [*lines[:9], lines[9].replace(b"restarted", b"retracted"), *lines[10:]], 10),
        (lambda lines: [*lines[:9], *lines[10:]], 10),
        (lambda lines: [*lines[:9], lines[3], *lines[9:]], 10),
        (lambda lines: [*lines[:9], lines[10], lines[9], *lines[11:]], 10),
        (lambda lines: lines[1:], 1),
        (lambda lines: [*lines[:9], b'{"action":"forged"}\n', *lines[9:]], 10),
        (lambda lines: [*lines[:9], b"\n", *lines[9:]], 10),
    ],
    ids=["edited", "deleted", "inserted", "swapped", "first deleted", "unsealed", "empty line"],
)
def test_tampering_shows_at_its_line(tmp_path, change, line):
    write(tmp_path, 30)
    before = log_of(tmp_path).read_bytes().splitlines(keepends=True)
    rewritten(tmp_path, change)
    found = state_of(tmp_path).breaks
    assert found[0].line == line
    assert found[0].offset == sum(map(len, before[: line - 1]))
    assert len(found) <= 3  # one place does not make every line after it wrong


def test_lines_before_the_first_sealed_one_are_not_chained(tmp_path):
    log_of(tmp_path).parent.mkdir(parents=True)
    log_of(tmp_path).write_text('{"action":"old"}\n' * 4)
    write(tmp_path, 3)
    state = state_of(tmp_path)
    assert (state.lines, state.unchained, state.breaks) == (7, 4, ())


def test_a_program_that_does_not_seal_shows_once_for_each_line(tmp_path):
    write(tmp_path, 3)
    with log_of(tmp_path).open("a") as file:
        file.write('{"action":"foreign"}\n')
    write(tmp_path, 3)
    assert [found.line for found in state_of(tmp_path).breaks] == [4]


def test_cutting_and_writing_anew_show_against_what_the_index_saw(tmp_path):
    write(tmp_path, 20)
    index = index_of(tmp_path)
    index.catch_up()
    head = state_of(tmp_path).head
    rewritten(tmp_path, lambda lines: lines[:12])
    assert state_of(tmp_path).breaks == ()  # the chain alone cannot tell
    found = state_of(tmp_path, {head: 4711}).breaks
    assert [one.offset for one in found] == [4711]
    assert head in found[0].problem
    os.unlink(log_of(tmp_path))
    write(tmp_path, 20)  # a new chain, whole in itself
    assert state_of(tmp_path, {head: 0}).breaks
    assert state_of(tmp_path, {state_of(tmp_path).head: 0}).breaks == ()


def test_what_the_index_saw_outlives_reading_the_cut_log_and_a_rebuild(tmp_path):
    write(tmp_path, 20)
    index = index_of(tmp_path)
    index.catch_up()
    head = state_of(tmp_path).head
    rewritten(tmp_path, lambda lines: lines[:12])
    for step in (index.catch_up, index.rebuild):
        step()
        with index.reading() as connection:
            assert (head,) in connection.execute("SELECT head FROM witnesses").fetchall()


def test_a_torn_tail_is_no_line(tmp_path):
    write(tmp_path, 3)
    with log_of(tmp_path).open("a") as file:
        file.write(json.dumps({"half": "a record"})[:9])
    assert state_of(tmp_path).lines == 3


def test_a_missing_log_has_no_lines(tmp_path):
    state = state_of(tmp_path)
    assert (state.head, state.lines, state.breaks) == ("", 0, ())
