"""Calls as a tree of text: what an agent reads instead of a flame graph."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codesentinel.model.profile import Function
from codesentinel.render.ascii import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codesentinel.model.profile import Profile

_NAME = 60


@dataclass
class _Node:
    samples: int = 0
    below: dict[Function, _Node] = field(default_factory=dict)


def tree_text(profile: Profile, *, least_ratio: float = 0.01, depth: int = 40) -> str:
    """Callers above callees, with the share of all samples; branches below ``least_ratio`` are summed up."""
    root = _Node()
    for stack in profile.stacks:
        node = root
        node.samples += stack.samples
        for frame in stack.frames[:depth]:
            node = node.below.setdefault(Function(frame.function, frame.file), _Node())
            node.samples += stack.samples
    whole = max(root.samples, 1)
    return "\n".join(_lines(root, whole, least_ratio * whole, 0))


def _lines(node: _Node, whole: int, least: float, level: int) -> Iterator[str]:
    ordered = sorted(node.below.items(), key=lambda pair: (-pair[1].samples, pair[0]))
    small = [below for _, below in ordered if below.samples < least]
    for function, below in ordered:
        if below.samples < least:
            continue
        own = below.samples - sum(one.samples for one in below.below.values())
        mark = f" (self {own / whole:.1%})" if own else ""
        name = f"{escaped(function.function, _NAME)} ({escaped(function.module, _NAME)})"
        yield f"{'  ' * level}{below.samples / whole:.1%} {name}{mark}"
        yield from _lines(below, whole, least, level + 1)
    if small and sum(one.samples for one in small) >= least:
        yield f"{'  ' * level}{sum(one.samples for one in small) / whole:.1%} in {len(small)} smaller ones"
