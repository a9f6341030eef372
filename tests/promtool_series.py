"""The series of promtool's unit tests: ``up{job="shop"}`` with ``1x3 _ stale 0+2x4``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from codesentinel.model.duration import parse_duration
from remote_write import bits
from two_engines import STALE_BITS, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SELECTOR = re.compile(r"\s*([a-zA-Z_:][\w:]*)?\s*(?:\{(.*)\})?\s*$", re.DOTALL)
_LABEL = re.compile(r'([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"')
_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+|Inf|NaN)"
_RUN = re.compile(rf"({_NUMBER})(?:([-+]\d+(?:\.\d*)?(?:[eE][-+]?\d+)?))?(?:x(\d+))?$")


def input_series(test: Mapping[str, Any]) -> list[tuple[dict[str, str], list[Sample]]]:
    """The labels and the samples of a test's ``input_series``."""
    interval = parse_duration(test["interval"])
    return [
        (_labels(one["series"]), [Sample(i * interval, b) for i, b in enumerate(_values(one["values"])) if b is not None])
        for one in test["input_series"]
    ]  # fmt: skip


def _labels(text: str) -> dict[str, str]:
    match = _SELECTOR.match(text)
    assert match, text
    name, inner = match.groups()
    labels = {key: re.sub(r"\\(.)", r"\1", value) for key, value in _LABEL.findall(inner or "")}
    return ({"__name__": name} if name else {}) | labels


def _values(text: str) -> Iterator[int | None]:
    for token in text.split():
        if token.startswith("_"):
            yield from [None] * int(token[2:] or 1)
        elif token == "stale":
            yield STALE_BITS
        else:
            match = _RUN.match(token)
            assert match, token
            first, step, count = float(match[1]), float(match[2] or 0), int(match[3] or 0)
            for number in range(count + 1):
                yield bits(first + number * step)
