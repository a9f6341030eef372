"""pprof's files: gzipped protobuf, as Go, Java and many agents write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codesentinel.model.errors import BadAnswer
from codesentinel.model.pprof import profile_message
from codesentinel.model.profile import Frame, Profile, Stack, merged

if TYPE_CHECKING:
    from typing import Any

_THREAD_LABELS = ("thread", "thread_name", "thread name")


def read_pprof(content: bytes) -> Profile:
    """The profile. Values in ``count`` are counted; where there are none, the first values over the period.

    Raises:
        BadAnswer: it is none.
        NotInstalled: the protobuf library is missing.
    """
    message = profile_message()()
    try:
        message.ParseFromString(content)
    except Exception as exc:  # DecodeError, of whichever implementation is in use
        raise BadAnswer(f"not a pprof file: {exc}") from exc
    try:
        return _profile(message)
    except (IndexError, KeyError) as exc:
        raise BadAnswer(f"the pprof file is damaged: it has no {exc}") from exc


def _profile(message: Any) -> Profile:
    words = message.string_table
    if not message.sample or not words:
        raise BadAnswer("there are no samples in it")
    kinds = [(words[one.type], words[one.unit]) for one in message.sample_type]
    column = next((at for at, (_, unit) in enumerate(kinds) if unit == "count"), 0)
    per_sample = 1 if kinds[column][1] == "count" else max(message.period, 1)
    functions = {one.id: one for one in message.function}
    libraries = {one.id: words[one.filename] for one in message.mapping}
    places = {one.id: _frames(one, functions, libraries, words) for one in message.location}
    stacks = [
        Stack(
            tuple(frame for at in reversed(sample.location_id) for frame in places[at]),
            _thread(sample, words),
            round(sample.value[column] / per_sample),
        )
        for sample in message.sample
    ]
    if any(stack.samples < 0 for stack in stacks):
        raise BadAnswer(
            "it is a difference of two profiles", hint="import both, and use `codesentinel profile diff`"
        )
    in_nanoseconds = bool(message.period) and words[message.period_type.unit] == "nanoseconds"
    return Profile(
        merged(stacks),
        source="pprof",
        started_at=message.time_nanos / 1e9 if message.time_nanos else None,
        rate_hertz=1e9 / message.period if in_nanoseconds else None,
        duration_seconds=message.duration_nanos / 1e9 if message.duration_nanos else None,
    )


def _frames(location: Any, functions: dict[int, Any], libraries: dict[int, str], words: Any) -> list[Frame]:
    """Outermost first: a location holds what was inlined into it, the innermost first."""
    if not location.line:
        return [Frame(f"0x{location.address:x}", libraries.get(location.mapping_id, ""))]
    found = []
    for line in reversed(location.line):
        function = functions[line.function_id]
        found.append(Frame(words[function.name], words[function.filename], line.line or None))
    return found


def _thread(sample: Any, words: Any) -> str:
    for label in sample.label:
        if words[label.key] in _THREAD_LABELS:
            return words[label.str] if label.str else str(label.num)
    return ""
