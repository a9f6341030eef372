"""Prometheus' templates in labels and annotations, as far as they can be judged without running them."""

from __future__ import annotations

import re

_ACTION = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
_LABEL = re.compile(r"(?:\$labels|\.Labels)\.(\w+)")
_INDEXED = re.compile(r"""index\s+(?:\$labels|\.Labels)\s+(?:"(\w+)"|`(\w+)`)""")
_VARIABLE = re.compile(r"\$(\w+)")
_DECLARED = re.compile(r"\$(\w+)(?:\s*,\s*\$(\w+))?\s*:=")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`')
_OPENING = ("if", "range", "with", "block", "define")
_GIVEN = {"labels", "value", "externalLabels", "externalURL"}


def actions(template: str) -> list[str]:
    """What stands between the braces."""
    return [match[1].strip() for match in _ACTION.finditer(template)]


def labels_used(template: str) -> set[str]:
    """The labels that a template asks for by name."""
    inside = " ".join(actions(template))
    found = set(_LABEL.findall(inside))
    return found | {first or second for first, second in _INDEXED.findall(inside)}


def uses_value(template: str) -> bool:
    """Whether what it gives changes with the value of the alert."""
    return any(
        re.search(r"\$value\b|(?<![\w$])\.Value\b", _STRING.sub("", action)) for action in actions(template)
    )


def mistake_in(template: str) -> str:
    """What keeps a template from being expanded; empty where nothing is seen."""
    rest = _ACTION.sub("", template)
    if "{{" in rest or "}}" in rest:
        return "has braces that are not closed"
    depth, declared = 0, set(_GIVEN)
    for action in actions(template):
        if not action:
            return "has braces with nothing in them"
        code = _STRING.sub("", action)
        for pair in _DECLARED.findall(code):
            declared.update(name for name in pair if name)
        word = code.split()[0] if code.split() else ""
        depth += (word in _OPENING) - (word == "end")
        unknown = sorted(set(_VARIABLE.findall(code)) - declared)
        if unknown:
            return f"uses ${unknown[0]}, which is not defined"
        if depth < 0:
            return "has an 'end' too many"
        if code.count("(") != code.count(")"):
            return "has parentheses that are not closed"
    return "lacks an 'end'" if depth else ""
