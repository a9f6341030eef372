"""Whether an answer is as it should be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_MISSING = object()


def unmet(answer: Any, tolerance: Any, at: str = "answer") -> str:
    """Why the answer is not within the tolerance, as a sentence; empty where it is.

    A tolerance is a value that the answer equals, or a mapping: of ``min``, ``max``, ``regex``, ``in``,
    ``not``, ``contains``, ``lacks`` or ``size`` to what they compare with, else of dotted paths to
    tolerances.
    """
    if not isinstance(tolerance, dict):
        same = answer == tolerance and isinstance(answer, bool) == isinstance(tolerance, bool)
        return "" if same else f"{at} is {_short(answer)}, not {_short(tolerance)}"
    for key, wanted in tolerance.items():
        if key in _COMPARED:
            if not _COMPARED[key](answer, wanted):
                return f"{at} is {_short(answer)}: {key} {_short(wanted)} is not met"
        else:
            why = unmet(_found(answer, str(key)), wanted, f"{at}.{key}")
            if why:
                return why
    return ""


def _found(answer: Any, path: str) -> Any:
    """What lies at a path such as ``document.data.findings.0.kind``; where nothing does, no value."""
    for part in path.split("."):
        if isinstance(answer, dict) and part in answer:
            answer = answer[part]
        elif isinstance(answer, list) and part.isdecimal() and int(part) < len(answer):
            answer = answer[int(part)]
        else:
            return _MISSING
    return answer


def _number(answer: Any) -> bool:
    return isinstance(answer, int | float) and not isinstance(answer, bool)


def _matches(answer: Any, pattern: Any) -> bool:
    return isinstance(answer, str) and re.search(str(pattern), answer) is not None


def _contains(answer: Any, wanted: Any) -> bool:
    """A text holds a text; a list holds a value, or one that is within a tolerance."""
    if isinstance(answer, str):
        return str(wanted) in answer
    if isinstance(answer, list):
        return any(not unmet(one, wanted) for one in answer)
    return False


_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "min": lambda answer, wanted: _number(answer) and answer >= wanted,
    "max": lambda answer, wanted: _number(answer) and answer <= wanted,
    "regex": _matches,
    "in": lambda answer, wanted: answer in wanted,
    "not": lambda answer, wanted: answer is not _MISSING and bool(unmet(answer, wanted)),
    "contains": _contains,
    "lacks": lambda answer, wanted: isinstance(answer, str | list) and not _contains(answer, wanted),
    "size": lambda answer, wanted: isinstance(answer, str | list | dict) and not unmet(len(answer), wanted),
}


def _short(value: Any) -> str:
    text = "nothing" if value is _MISSING else repr(value)
    return text if len(text) <= 160 else f"{text[:157]}..."
