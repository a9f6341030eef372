"""speedscope's file format, for its viewer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codesentinel.model.profile import SLICES, UNORDERED

if TYPE_CHECKING:
    from codesentinel.model.profile import Frame, Profile, Stack


def speedscope(profile: Profile, name: str) -> str:
    """The profile, a sampled one for each thread, with an entry for each sample.

    Samples stand stretch by stretch as they were taken, as far as that is known; else by stack, and the name
    of the exporter says so.
    """
    frames: dict[Frame, int] = {}
    threads: dict[str, list[Stack]] = {}
    for stack in profile.stacks:
        threads.setdefault(stack.thread, []).append(stack)
    profiles = [_thread(thread, stacks, frames, profile.rate_hertz) for thread, stacks in threads.items()]
    document = {
        "$schema": "https://www.speedscope.app/file-format-schema.json",
        "name": name,
        "exporter": "codesentinel" if profile.has_course else UNORDERED,
        "activeProfileIndex": 0,
        "shared": {"frames": [_frame(frame) for frame in frames]},
        "profiles": profiles,
    }
    return json.dumps(document, separators=(",", ":"))


def _thread(thread: str, stacks: list[Stack], frames: dict[Frame, int], rate: float | None) -> dict[str, Any]:
    per_sample = 1 / rate if rate else 1
    numbered = [
        ([frames.setdefault(frame, len(frames)) for frame in stack.frames], stack) for stack in stacks
    ]
    samples = [
        numbers
        for stretch in range(SLICES)
        for numbers, stack in numbered
        for _ in range(stack.course[stretch] if stack.course else stack.samples * (stretch == 0))
    ]
    return {
        "type": "sampled",
        "name": thread or "all",
        "unit": "seconds" if rate else "none",
        "startValue": 0,
        "endValue": len(samples) * per_sample,
        "samples": samples,
        "weights": [per_sample] * len(samples),
    }


def _frame(frame: Frame) -> dict[str, Any]:
    found: dict[str, Any] = {"name": frame.function}
    if frame.file:
        found["file"] = frame.file
    if frame.line is not None:
        found["line"] = frame.line
    return found
