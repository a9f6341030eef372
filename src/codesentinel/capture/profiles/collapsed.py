"""Collapsed stacks: ``frame;frame;frame count`` a line, as py-spy's raw output and FlameGraph have them."""

from __future__ import annotations

import re

from codesentinel.model.errors import BadAnswer
from codesentinel.model.profile import Frame, Profile, Stack, merged

_PLACE = re.compile(r"(.*) \((.*?)(?::(\d+))?\)")
_THREAD = re.compile(r"(?:thread|process) \(?\d+\)?:?.*", re.IGNORECASE)
_LONGEST_STACK = 2048


def read_collapsed(text: str) -> Profile:
    """The profile; frames are split at ``;``, which the format cannot escape.

    A frame of py-spy, ``name (file:line)``, is taken apart; one of other tools is a name. Lines that begin
    with ``thread (1): name`` or ``process 1:name`` belong to that thread.

    Raises:
        BadAnswer: a line is no stack.
    """
    stacks = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        joined, _, count = line.rpartition(" ")
        if not joined or not count.isdecimal() or len(count) > 15:
            raise BadAnswer(
                f"line {number} is no stack and count: {line[:80]!r}", hint="`a;b;c 12` is expected"
            )
        words = joined.split(";")[:_LONGEST_STACK]
        threads = [
            word for word in words[:2] if _THREAD.fullmatch(word) and not _PLACE.fullmatch(f"{word}\0")
        ]
        has_thread = bool(threads) and words[0] == threads[0]
        frames = tuple(_frame(word) for word in words[has_thread:])
        stacks.append(Stack(frames, words[0] if has_thread else "", int(count)))
    if not any(stack.samples for stack in stacks):
        raise BadAnswer("there are no stacks in it")
    return Profile(merged(stacks), source="collapsed")


def _frame(word: str) -> Frame:
    found = _PLACE.fullmatch(word)
    if not found:
        return Frame(word)
    return Frame(found[1], found[2], int(found[3]) if found[3] else None)
