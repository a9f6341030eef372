"""speedscope's files: every frame once, and the samples of each thread in their order."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from codesentinel.capture.profiles.course import counted
from codesentinel.model.errors import BadAnswer
from codesentinel.model.profile import UNORDERED, Frame, Profile, merged

if TYPE_CHECKING:
    from typing import Any

_SECONDS = {"seconds": 1.0, "milliseconds": 1e-3, "microseconds": 1e-6, "nanoseconds": 1e-9}
_MOST_SAMPLES = 50_000_000


def read_speedscope(text: str) -> Profile:
    """The profile, with its course: a speedscope file keeps the order of the samples.

    The least weight is taken for one sample; a weight twice as long counts as two.

    Raises:
        BadAnswer: it is none, or holds spans instead of samples, of which there are no statistics.
    """
    try:
        document: Any = json.loads(text)
        frames = [_frame(one) for one in document["shared"]["frames"]]
        profiles = document["profiles"]
        if any(one["type"] != "sampled" for one in profiles):
            raise BadAnswer("it holds spans, not samples", hint="export a sampled profile")
        return _profile(profiles, frames, str(document.get("exporter") or "speedscope"))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError) as exc:
        raise BadAnswer(f"not a speedscope file: {type(exc).__name__}: {exc}") from exc


def _profile(profiles: list[Any], frames: list[Frame], exporter: str) -> Profile:
    weights = [float(weight) for one in profiles for weight in one["weights"]]
    if not all(math.isfinite(weight) and weight >= 0 for weight in weights):
        raise BadAnswer("a weight in it is no number")
    least = min((weight for weight in weights if weight > 0), default=0.0)
    if not least:
        raise BadAnswer("there are no samples in it")
    if sum(weights) / least > _MOST_SAMPLES:
        raise BadAnswer("its weights stand for more samples than can be counted")
    unit = _SECONDS.get(profiles[0].get("unit", ""))
    stacks = []
    longest = 0.0
    for one in profiles:
        samples = [
            (tuple(frames[at] for at in where), round(float(weight) / least))
            for where, weight in zip(one["samples"], one["weights"], strict=True)
            if weight > 0
        ]
        longest = max(longest, float(one["endValue"]) - float(one["startValue"]))
        found = counted(samples, str(one.get("name", "")))
        stacks += [one._replace(course=()) for one in found] if exporter == UNORDERED else found
    return Profile(
        merged(stacks),
        source=exporter,
        rate_hertz=1 / (least * unit) if unit else None,
        duration_seconds=longest * unit if unit else None,
    )


def _frame(one: dict[str, Any]) -> Frame:
    line = one.get("line")
    return Frame(str(one["name"]), str(one.get("file") or ""), int(line) if line else None)
