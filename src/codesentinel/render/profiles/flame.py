"""What a flame graph draws: the calls of one profile as a flat list, or of two as one tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codesentinel.model.profile import Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.model.profile import Profile

_LEAST_SAMPLES_OF_WHOLE = 20_000
"""A branch with less than one in so many samples is narrower than what a screen shows."""


class _Node:
    __slots__ = ("before", "below", "samples")

    def __init__(self) -> None:
        self.samples = 0
        self.before = 0
        self.below: dict[Function, _Node] = {}


def flame(profile: Profile, title: str, before: Profile | None = None) -> dict[str, Any]:
    """The document for ``viewer/src/flame``: four numbers a node, callers first, the widest branch first.

    What only the earlier profile has, has no width; the list of changes tells of it.
    """
    root = _Node()
    _add(root, profile, later=True)
    if before is not None:
        _add(root, before, later=False)
    functions: dict[Function, int] = {}
    least = profile.samples / _LEAST_SAMPLES_OF_WHOLE
    nodes = [number for row in _rows(root, functions, least) for number in row]
    return {
        "title": title,
        "samples": profile.samples,
        "before": None if before is None else before.samples,
        "functions": [[one.function, one.module, one.file] for one in functions],
        "nodes": nodes,
    }


def _add(root: _Node, profile: Profile, *, later: bool) -> None:
    for stack in profile.stacks:
        node = root
        for frame in (None, *stack.frames):
            if frame is not None:
                node = node.below.setdefault(Function(frame.function, frame.file), _Node())
            if later:
                node.samples += stack.samples
            else:
                node.before += stack.samples


def _rows(root: _Node, functions: dict[Function, int], least: float) -> Iterator[tuple[int, int, int, int]]:
    waiting = [(1, function, node) for function, node in _ordered(root)]
    while waiting:
        depth, function, node = waiting.pop()
        if node.samples and node.samples >= least:
            yield depth, functions.setdefault(function, len(functions)), node.samples, node.before
            waiting += [(depth + 1, one, below) for one, below in _ordered(node)]


def _ordered(node: _Node) -> list[tuple[Function, _Node]]:
    """The widest last, since the list is taken from its end."""
    return sorted(node.below.items(), key=lambda pair: (pair[1].samples, pair[0]))
