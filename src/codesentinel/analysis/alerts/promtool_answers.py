"""What promtool and amtool said, in our words: which case failed, what was expected, what came."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK = re.compile(r"^    (?=name: |alertname: |expr: )", re.MULTILINE)
_ALERT = re.compile(r"alertname: (?P<alert>.*?), time: (?P<time>\S+?),\s*\n")
_NAME = re.compile(r"name: (?P<name>.*),\n")
_EXPRESSION = re.compile(
    r'expr: "(?P<expr>.*)", time: (?P<time>\S+?),\s*\n\s*exp: ?(?P<expected>.*)\n\s*got: ?(?P<got>.*)'
)
_SAMPLE = re.compile(r"Labels:(?P<labels>\{.*\})\n\s*Annotations:(?P<annotations>\{.*\})")
_BEFORE = re.compile(r"^Checking '.*'\s+FAILED: ")
_NOISE = re.compile(
    r"^(amtool: error: failed to validate.*|Unit Testing:.*|Checking .*|SUCCESS.*|FAILED:?|Found:"
    r"|Warning: --config\.file.*)$"
)


def failed_cases(text: str) -> tuple[str, ...]:
    """A sentence for each case that did not hold; what is not understood is told as it was said."""
    if "alertname: " not in text and "expr: " not in text:
        return complaints(text)
    _, *blocks = _BLOCK.split(text)
    found: list[str] = []
    name = ""
    for block in blocks:
        named = _NAME.match(block)
        if named:
            name = named["name"]
        found += _failed(block, name)
    return tuple(found)


def complaints(text: str) -> tuple[str, ...]:
    """What was said apart from which file it is about; one line each."""
    lines = (_BEFORE.sub("", line.strip()) for line in text.splitlines())
    return tuple(line for line in lines if line and not _NOISE.match(line))


def missing_files(text: str) -> tuple[str, ...]:
    """Rule files that a test names and that do not exist; promtool warns and goes on."""
    return tuple(
        f"names rules that do not exist: {pattern}"
        for pattern in re.findall(r"no file match pattern (.*)", text)
    )


def _failed(block: str, name: str) -> Iterator[str]:
    where = f"{name}: " if name else ""
    if alert := _ALERT.search(block):
        expected, _, got = block[alert.end() :].partition("got:")
        yield from (
            f"{where}at {alert['time']} {said}" for said in _difference(alert["alert"], expected, got)
        )
    if expression := _EXPRESSION.search(block):
        yield (
            f"{where}at {expression['time']} {expression['expr']} gives {_shown(expression['got'])}, "
            f"not {_shown(expression['expected'])}"
        )


def _difference(alert: str, expected: str, got: str) -> Iterator[str]:
    wanted, came = (
        {m["labels"]: m["annotations"] for m in _SAMPLE.finditer(text)} for text in (expected, got)
    )
    for labels in sorted(wanted.keys() - came.keys()):
        yield f"{alert} should fire with {labels}, and does not"
    for labels in sorted(came.keys() - wanted.keys()):
        yield f"{alert} should not fire with {labels}, and does"
    for labels in sorted(wanted.keys() & came.keys()):
        if wanted[labels] != came[labels]:
            yield f"{alert} fires with {labels} and says {came[labels]}, not {wanted[labels]}"


def _shown(samples: str) -> str:
    return "nothing" if samples in ("", "nil") else samples
