"""Several profiles as one: what a service did over hours of continuous sampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.profile import SLICES, Profile, Stack, merged

if TYPE_CHECKING:
    from collections.abc import Sequence


def joined(profiles: Sequence[Profile]) -> Profile:
    """One profile with all samples, in the order given; its stretches follow on one another.

    So the scatter between stretches holds what differs from one recording to the next.

    Raises:
        ValueError: there is none.
    """
    if not profiles:
        raise ValueError("no profiles")
    first, count = profiles[0], len(profiles)
    if count == 1:
        return first
    ordered = all(profile.has_course for profile in profiles)
    stacks = [
        stack._replace(course=_moved(stack, number, count) if ordered else ())
        for number, profile in enumerate(profiles)
        for stack in profile.stacks
    ]
    rates = {profile.rate_hertz for profile in profiles}
    durations = [profile.duration_seconds for profile in profiles]
    used = [profile.sampler_cpu_seconds for profile in profiles]
    return first.but(
        stacks=merged(stacks),
        rate_hertz=first.rate_hertz if len(rates) == 1 else None,
        duration_seconds=sum(d for d in durations if d is not None) if None not in durations else None,
        sampler_cpu_seconds=sum(u for u in used if u is not None) if None not in used else None,
        lost=sum(profile.lost for profile in profiles),
    )


def _moved(stack: Stack, number: int, count: int) -> tuple[int, ...]:
    course = [0] * SLICES
    for at, samples in enumerate(stack.course):
        course[(number * SLICES + at) // count] += samples
    return tuple(course)
