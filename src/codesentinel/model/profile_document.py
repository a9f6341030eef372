"""A profile as JSON, the way it is kept: every frame and thread once, stacks as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.errors import BadAnswer
from codesentinel.model.profile import SLICES, Frame, Origin, Profile, Stack

if TYPE_CHECKING:
    from typing import Any

SCHEMA = "codesentinel/profile/v1"
_FACTS = ("source", "started_at", "rate_hertz", "duration_seconds", "lost", "sampler_cpu_seconds", "mode")


def profile_document(profile: Profile) -> dict[str, Any]:
    """All that the profile holds; :func:`profile_of` gives it back."""
    frames: dict[Frame, int] = {}
    threads: dict[str, int] = {}
    stacks = [
        [
            threads.setdefault(stack.thread, len(threads)),
            stack.samples,
            [frames.setdefault(frame, len(frames)) for frame in stack.frames],
            [pair for pair in enumerate(stack.course) if pair[1]],
        ]
        for stack in profile.stacks
    ]
    return {
        "schema": SCHEMA,
        **{name: getattr(profile, name) for name in _FACTS},
        "origin": profile.origin._asdict(),
        "threads": list(threads),
        "frames": [list(frame) for frame in frames],
        "stacks": stacks,
        "has_course": profile.has_course,
    }


def profile_of(document: dict[str, Any]) -> Profile:
    """The profile that was kept.

    Raises:
        BadAnswer: it is another document, or a damaged one.
    """
    try:
        if document["schema"] != SCHEMA:
            raise BadAnswer(f"not a profile of ours: {document['schema']}")
        frames = [Frame(str(name), str(file), line) for name, file, line in document["frames"]]
        threads = document["threads"]
        stacks = tuple(
            Stack(
                tuple(frames[at] for at in where),
                threads[thread],
                count,
                _course(course) if document["has_course"] else (),
            )
            for thread, count, where, course in document["stacks"]
        )
        facts = {name: document[name] for name in _FACTS}
        return Profile(stacks, origin=Origin(**document["origin"]), **facts)
    except (KeyError, IndexError, TypeError, ValueError) as exc:
        raise BadAnswer(f"the profile is damaged: {type(exc).__name__}: {exc}") from exc


def _course(pairs: list[tuple[int, int]]) -> tuple[int, ...]:
    course = [0] * SLICES
    for at, count in pairs:
        course[at] = count
    return tuple(course)
