"""A function's signature as a JSON Schema, and an agent's arguments as its parameters."""

from __future__ import annotations

import inspect
import time
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from codesentinel.model.duration import parse_duration
from codesentinel.model.errors import UsageError
from codesentinel.model.moment import parse_moment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

_PLAIN = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
_LISTS = frozenset(("Sequence[str]", "tuple[str, ...]", "list[str]"))
_MOMENTS = frozenset(("start", "end", "since", "until", "at"))
_MOMENT = "a moment: epoch seconds, RFC 3339, or how long ago, such as 5m"
_DURATION = "seconds, or a duration such as 24h"
_LOOKS = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list}


class Parameter(NamedTuple):
    """One that an agent can give: its JSON type, and how a text in its place is read."""

    name: str
    type: str
    required: bool
    default: Any
    reads: str  # "moment", "duration" or nothing
    choices: Sequence[str] = ()

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of its value."""
        schema: dict[str, Any] = {"type": self.type}
        if self.type == "array":
            schema["items"] = {"type": "string"}
        if self.reads:
            schema["type"] = ["number", "string"]
            schema["description"] = _MOMENT if self.reads == "moment" else _DURATION
        if self.choices:
            schema["enum"] = list(self.choices)
        if not self.required and self.default not in (None, "", ()):
            schema["default"] = self.default
        return schema


def parameters_of(function: Callable[..., Any], *, without: frozenset[str]) -> tuple[Parameter, ...] | None:
    """Those of a verb that an agent can give, all but the context; None where it cannot give a needed one.

    Callbacks, records and those of ``without`` are left to their defaults.
    """
    found = []
    for one in list(inspect.signature(function).parameters.values())[1:]:
        required = one.default is inspect.Parameter.empty
        kind, reads = _kind(one.name, str(one.annotation))
        if kind and one.name not in without:
            found.append(Parameter(one.name, kind, required, None if required else one.default, reads))
        elif required:
            return None
    return tuple(found)


def schema_of(parameters: Sequence[Parameter]) -> dict[str, Any]:
    """The JSON Schema of a tool's arguments."""
    return {
        "type": "object",
        "properties": {one.name: one.schema for one in parameters},
        "required": [one.name for one in parameters if one.required],
        "additionalProperties": False,
    }


def read_arguments(parameters: Sequence[Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """What an agent gave, as the function takes it.

    Raises:
        UsageError: all that is missing, unknown or of another type, in one message.
    """
    known = {one.name: one for one in parameters}
    problems = [_unknown(name, known) for name in given if name not in known]
    problems += [f"{one.name} is missing" for one in parameters if one.required and one.name not in given]
    values = {}
    for name in known.keys() & given.keys():
        if given[name] is None and not known[name].required:
            continue  # what an agent leaves open has its default
        try:
            values[name] = _value(known[name], given[name])
        except ValueError as exc:
            problems.append(f"{name}: {exc}")
    if problems:
        raise UsageError("; ".join(sorted(problems)), hint="the tool's schema says what it takes")
    return values


def _kind(name: str, annotation: str) -> tuple[str, str]:
    """The JSON type, empty for what JSON has none for; and how a text is read."""
    bare = annotation.removesuffix(" | None")
    if bare in _LISTS:
        return "array", ""
    kind = _PLAIN.get(bare, "")
    if kind != "number":
        return kind, ""
    if name in _MOMENTS or name.endswith("_at"):
        return kind, "moment"
    return kind, "duration" if name.endswith("_seconds") else ""


def _value(parameter: Parameter, given: Any) -> Any:
    if parameter.reads and isinstance(given, str):
        return parse_moment(given, time.time()) if parameter.reads == "moment" else parse_duration(given)
    if parameter.type == "string" and isinstance(given, int) and not isinstance(given, bool):
        return str(given)  # a process id, in place of its handle
    wrong = not isinstance(given, _LOOKS[parameter.type])  # type: ignore[arg-type]
    if wrong or (isinstance(given, bool) and parameter.type != "boolean"):
        raise ValueError(f"{given!r} is no {parameter.type}")
    if parameter.type == "array" and not all(isinstance(item, str) for item in given):
        raise ValueError("is no list of strings")
    if parameter.choices and given not in parameter.choices:
        raise ValueError(f"{given!r} is none of {', '.join(parameter.choices)}")
    return given


def _unknown(name: str, known: Mapping[str, Parameter]) -> str:
    near = get_close_matches(name, known, 1)
    return f"{name} is unknown" + (f", did you mean {near[0]}?" if near else "")
