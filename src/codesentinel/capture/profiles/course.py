"""Samples in their order, counted: each stack once, and in which stretch of the recording it was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.profile import SLICES, Stack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codesentinel.model.profile import Frame


def counted(samples: Sequence[tuple[tuple[Frame, ...], int]], thread: str) -> list[Stack]:
    """Stacks of one thread from its samples in order, each with how many samples it stands for.

    Samples of idle time are left out by profilers, so a stretch holds an equal number of samples of the
    thread, and not an equal time.
    """
    whole = sum(count for _, count in samples)
    courses: dict[tuple[Frame, ...], list[int]] = {}
    before = 0
    for frames, count in samples:
        course = courses.setdefault(frames, [0] * SLICES)
        for at in range(before, before + count):
            course[at * SLICES // whole] += 1
        before += count
    return [Stack(frames, thread, sum(course), tuple(course)) for frames, course in courses.items()]
