"""On which line of its file a place stands: in JSON and in YAML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+|\n', re.DOTALL)
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def json_lines(text: str) -> Mapping[str, int]:
    """The line of every place of a JSON text that is known to be well-formed."""
    lines: dict[str, int] = {"": 1}
    stack: list[tuple[str, int]] = []  # place of the container; number of its next item, -1 in an object
    line, key, is_key = 1, "", False
    for word in _WORD.findall(text):
        if word == "\n":
            line += 1
            continue
        if word in ("}", "]"):
            stack.pop()
        elif word == ",":
            is_key = stack[-1][1] < 0
        elif word == ":":
            is_key = False
        elif is_key and word.startswith('"'):
            key = word[1:-1]
        else:
            place = _place(stack, key)
            lines.setdefault(place, line)
            if word in ("{", "["):
                stack.append((place, -1 if word == "{" else 0))
                is_key = word == "{"
        line += word.count("\n")
    return lines


def _place(stack: list[tuple[str, int]], key: str) -> str:
    if not stack:
        return ""
    holder, number = stack[-1]
    if number < 0:
        return f"{holder}.{key}" if holder else key
    stack[-1] = (holder, number + 1)
    return f"{holder}[{number}]"


def line_of(place: str, lines: Mapping[str, int]) -> int:
    """The line of a place, or of the nearest thing around it that stands in the file."""
    while place not in lines and place:
        cut = max(place.rfind("."), place.rfind("["))
        place = place[:cut] if cut > 0 else ""
    return lines.get(place, 1)


def yaml_line(node: yaml.Node | None, place: str) -> int:
    """The line of a place below a node of a YAML text, or of the nearest thing around it."""
    line = 1
    for name, number in _STEP.findall(place):
        if node is None:
            break
        line = node.start_mark.line + 1
        found: yaml.Node | None = None
        if name and isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == name:
                    found, line = value, key.start_mark.line + 1
        elif number and isinstance(node, yaml.SequenceNode) and int(number) < len(node.value):
            found = node.value[int(number)]
            line = found.start_mark.line + 1
        node = found
    return line
