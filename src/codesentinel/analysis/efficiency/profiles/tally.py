"""How often each function was seen: running itself, and anywhere on the stack."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codesentinel.model.profile import SLICES, Function
from codesentinel.stats.slice_dispersion import slice_dispersion

if TYPE_CHECKING:
    from codesentinel.model.profile import Frame, Profile


@dataclass
class Count:
    """Samples, and in which stretch they lie; the stretches are all 0 where the order is unknown."""

    samples: int = 0
    course: list[int] = field(default_factory=lambda: [0] * SLICES)

    def add(self, samples: int, course: tuple[int, ...]) -> None:
        """Count more of them."""
        self.samples += samples
        for at, count in enumerate(course):
            self.course[at] += count


@dataclass
class Tally:
    """All functions of a profile. A function that calls itself counts once a sample."""

    whole: Count = field(default_factory=Count)
    own: dict[Function, Count] = field(default_factory=dict)
    total: dict[Function, Count] = field(default_factory=dict)
    modules: dict[str, Count] = field(default_factory=dict)
    threads: dict[str, Count] = field(default_factory=dict)


def function_of(frame: Frame) -> Function:
    """The function that a frame stands in."""
    return Function(frame.function, frame.file)


def tally(profile: Profile) -> Tally:
    """Count them all; a sample without a frame belongs to ``(no stack)``."""
    found = Tally()
    for stack in profile.stacks:
        functions = [function_of(frame) for frame in stack.frames] or [Function("(no stack)", "")]
        places = [
            found.whole,
            found.own.setdefault(functions[-1], Count()),
            found.modules.setdefault(functions[-1].module, Count()),
            found.threads.setdefault(stack.thread, Count()),
            *(found.total.setdefault(one, Count()) for one in set(functions)),
        ]
        for place in places:
            place.add(stack.samples, stack.course)
    return found


def dispersion(counts: list[Count], wholes: list[Count], expected: float = 1.0) -> float:
    """How many samples are worth one independent sample, over one profile or several."""
    return slice_dispersion([one.course for one in counts], [one.course for one in wholes], expected)
