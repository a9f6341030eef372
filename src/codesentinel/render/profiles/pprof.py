"""pprof's file format, for ``go tool pprof`` and the servers that speak it."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

from codesentinel.model.pprof import profile_message
from codesentinel.model.profile import Function

if TYPE_CHECKING:
    from codesentinel.model.profile import Frame, Profile


def pprof(profile: Profile) -> bytes:
    """The profile, gzipped: samples and, where the rate is known, nanoseconds.

    Raises:
        NotInstalled: the protobuf library is missing.
    """
    message = profile_message()()
    tables = _Tables(message)
    period = round(1e9 / profile.rate_hertz) if profile.rate_hertz else 0
    tables.kind(message.sample_type.add(), "samples", "count")
    if period:
        tables.kind(message.sample_type.add(), "cpu", "nanoseconds")
        tables.kind(message.period_type, "cpu", "nanoseconds")
        message.period = period
    for stack in profile.stacks:
        values = [stack.samples, stack.samples * period] if period else [stack.samples]
        places = [tables.location(frame) for frame in reversed(stack.frames)]
        sample = message.sample.add(location_id=places, value=values)
        if stack.thread:
            sample.label.add(key=tables.word("thread"), str=tables.word(stack.thread))
    message.time_nanos = round(1e9 * (profile.started_at or 0))
    message.duration_nanos = round(1e9 * (profile.duration_seconds or 0))
    return gzip.compress(message.SerializeToString(), mtime=0)


class _Tables:
    """The words, functions and places of a message, each once."""

    def __init__(self, message: Any) -> None:
        self._message = message
        self._words: dict[str, int] = {}
        self._functions: dict[Function, int] = {}
        self._locations: dict[Frame, int] = {}
        self.word("")

    def word(self, text: str) -> int:
        text = text.encode("utf-8", "backslashreplace").decode()  # the format is strict about surrogates
        if text not in self._words:
            self._words[text] = len(self._words)
            self._message.string_table.append(text)
        return self._words[text]

    def kind(self, into: Any, name: str, unit: str) -> None:
        into.type, into.unit = self.word(name), self.word(unit)

    def location(self, frame: Frame) -> int:
        if frame not in self._locations:
            self._locations[frame] = len(self._locations) + 1
            place = self._message.location.add(id=self._locations[frame])
            place.line.add(function_id=self._function(frame), line=frame.line or 0)
        return self._locations[frame]

    def _function(self, frame: Frame) -> int:
        key = Function(frame.function, frame.file)
        if key not in self._functions:
            self._functions[key] = len(self._functions) + 1
            name = self.word(frame.function)
            self._message.function.add(
                id=self._functions[key], name=name, system_name=name, filename=self.word(frame.file)
            )
        return self._functions[key]
