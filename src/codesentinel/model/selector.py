"""Series selectors in PromQL: a metric's name, and matchers in braces."""

from __future__ import annotations

import re

_STRING = r'"(?:[^"\\]|\\.)*"|' + r"'(?:[^'\\]|\\.)*'"
_MATCHER = rf"\s*[a-zA-Z_][a-zA-Z0-9_]*\s*(?:=~|!~|!=|=)\s*(?:{_STRING})\s*"
_MATCHERS = re.compile(rf"(?:{_MATCHER}(?:,{_MATCHER})*,?\s*)?")
_SELECTOR = re.compile(r"\s*([a-zA-Z_:][a-zA-Z0-9_:]*)?\s*(?:\{(.*)\})?\s*", re.DOTALL)


def narrowed(selector: str, matchers: str) -> str:
    """``selector`` with further ``matchers``, which may stand in braces: ``a{b="1"}`` and ``{c="2"}``.

    Raises:
        ValueError: one of the two is not that, and could change the meaning of the other.
    """
    name, own = _parts(selector)
    other, further = _parts(matchers if "{" in matchers.partition('"')[0] else f"{{{matchers}}}")
    if other:
        raise ValueError(f"{matchers!r} should hold matchers only, and no metric's name")
    if not name and "__name__" not in own:
        raise ValueError(f"{selector!r} names no metric")
    return f"{name}{{{','.join(part for part in (own, further) if part)}}}"


def _parts(selector: str) -> tuple[str, str]:
    """The name and what stands in the braces."""
    found = _SELECTOR.fullmatch(selector)
    inner = (found[2] or "").strip() if found else ""
    if not found or not _MATCHERS.fullmatch(inner):
        raise ValueError(f'{selector!r} is no selector such as requests_total{{code=~"5.."}}')
    return found[1] or "", inner.rstrip().removesuffix(",")
