"""Collapsed stacks: a line each, as FlameGraph and py-spy's raw output have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codesentinel.model.profile import Frame, Profile

_SPECIAL = str.maketrans({";": ":", "\n": " ", "\r": " ", "\0": " "})


def collapsed(profile: Profile) -> str:
    """The profile; ``;`` in a name becomes ``:``, since the format has no way to write it."""
    lines = [
        ";".join([*_words(stack.thread), *(_frame(frame) for frame in stack.frames)]) + f" {stack.samples}"
        for stack in profile.stacks
    ]
    return "".join(f"{line}\n" for line in lines)


def _words(thread: str) -> list[str]:
    return [thread.translate(_SPECIAL)] if thread else []


def _frame(frame: Frame) -> str:
    place = frame.file if frame.line is None else f"{frame.file}:{frame.line}"
    return (f"{frame.function} ({place})" if frame.file else frame.function).translate(_SPECIAL)
