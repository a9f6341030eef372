"""Variables and macros of Grafana in a text: which there are, and the text with their values filled in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codesentinel.mixin.checks.promql import Parsed, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

REFERENCE = re.compile(r"\$(\w+)|\$\{(\w+)(?:\.[^:}]+)?(?::([^}]+))?\}|\[\[(\w+?)(?::(\w+))?\]\]")
_IN_BRACKETS = re.compile(r"\[([^\[\]\"']*(?:\[\[\w+\]\])?[^\[\]\"']*)\]")
_AFTER_OFFSET = re.compile(r"\boffset\s+(-?)(\$\w+|\$\{\w+\}|\[\[\w+\]\])")
_COUNT = re.compile(
    r"(\b(?:topk|bottomk|limitk|quantile|histogram_quantile|quantile_over_time)"
    r"\s*(?:(?:by|without)\s*\([^)]*\)\s*)?\(\s*)(?:\$\w+|\$\{\w+\}|\[\[\w+\]\])\s*,"
)
_SPECIAL = re.compile(r"[\\^$*+?.()|\[\]{}]")
_STEPS = (
    *(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800),
    *(3600, 7200, 10800, 21600, 43200, 86400, 604800, 2592000, 31536000),
)
_PLACEHOLDERS = ("placeholder", "1", "5m")


class Macros:
    """What the time range makes of ``$__interval`` and its kin.

    Args:
        range_seconds: what the dashboard shows.
        scrape_seconds: how often the data source is scraped.
        points: how many values a panel has room for.
    """

    def __init__(
        self, range_seconds: float, scrape_seconds: float, *, now: float = 0.0, points: int = 200
    ) -> None:
        wanted = max(range_seconds / points, scrape_seconds)
        self.step_seconds = next((step for step in _STEPS if step >= wanted), _STEPS[-1])
        self.range_seconds = range_seconds
        rate = max(self.step_seconds + scrape_seconds, 4 * scrape_seconds)
        self.values = {
            "__interval": _duration(self.step_seconds),
            "__interval_ms": str(round(self.step_seconds * 1000)),
            "__rate_interval": _duration(rate),
            "__rate_interval_ms": str(round(rate * 1000)),
            "__range": _duration(range_seconds),
            "__range_s": str(round(range_seconds)),
            "__range_ms": str(round(range_seconds * 1000)),
            "__from": str(round((now - range_seconds) * 1000)),
            "__to": str(round(now * 1000)),
            "interval": _duration(self.step_seconds),
        }


def references(text: str) -> set[str]:
    """The variables that a text refers to; not the built-in ones, nor the groups of a pattern (``$1``)."""
    found = (m[1] or m[2] or m[4] for m in REFERENCE.finditer(text))
    return {name for name in found if not name.startswith("__") and not name[0].isdigit()}


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with what has a value filled in; the rest stays as it is.

    ``${name:csv}`` is filled with the value of ``name:csv`` where there is one.
    """

    def value(match: re.Match[str]) -> str:
        name, form = match[1] or match[2] or match[4], match[3] or match[5]
        return values.get(f"{name}:{form}", values.get(name, match[0]))

    return REFERENCE.sub(value, text)


def parse_template(query: str, values: Mapping[str, str]) -> Parsed:
    """The tree of a query whose variables have no values yet.

    A duration or a number is put where only one can stand, and elsewhere a name, or a number where a name
    gives no query: what parses with one of them can be right, and what parses with none is wrong.
    """
    text = _IN_BRACKETS.sub(lambda m: f"[{REFERENCE.sub('5m', m[1])}]", filled(query, values))
    text = _COUNT.sub(lambda m: f"{m[1]}1,", text)
    text = _AFTER_OFFSET.sub(r"offset \g<1>5m", text)
    tried = Parsed(None)
    for placeholder in _PLACEHOLDERS:
        parsed = parse(REFERENCE.sub(lambda m, p=placeholder: m[0] if _is_group(m) else p, text))  # type: ignore[misc]
        if parsed.tree is not None:
            return parsed
        tried = tried if tried.error else parsed
    return tried


def escaped_value(values: tuple[str, ...], *, is_many: bool) -> str:
    """Values as Grafana writes them into a query: ``(a|b)`` with each escaped, or the one as it is.

    A pattern stands within the quotes of PromQL, so that each backslash of it is doubled.
    """
    if not is_many:
        return values[0].replace("\\", "\\\\").replace('"', '\\"') if values else ""
    escaped = [_SPECIAL.sub(r"\\\\\g<0>", value) for value in values]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


def _is_group(match: re.Match[str]) -> bool:
    return (match[1] or match[2] or match[4]).isdigit()


def _duration(seconds: float) -> str:
    return f"{round(seconds * 1000)}ms" if seconds < 1 or seconds != int(seconds) else f"{int(seconds)}s"
