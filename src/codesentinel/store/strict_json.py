"""JSON that every reader takes, made of whatever a caller hands over.

Python's encoder writes ``NaN`` and half surrogate pairs, which other readers refuse, and fails on
cycles, foreign objects and integers of more than 4300 digits. The quick way serves nearly every
event; what it refuses is first made plain.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from enum import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_INFINITY = float("inf")
_DEEPEST = 40
_LONGEST_INTEGER_BITS = 4096


def strict_json(value: object) -> bytes:
    """One line of ASCII, RFC 8259.

    Raises:
        Exception: any kind; the value holds what JSON cannot, or an object whose own code failed.
    """
    text = _in_ascii(value)
    if "\\ud" in text:  # a character beyond the basic plane, or half of one: UTF-8 can tell
        _in_unicode(value).encode()
    return text.encode()


def plain(value: object, above: tuple[int, ...] = ()) -> Any:
    r"""``value`` in JSON's own types; never raises.

    Not-a-number and infinity become null, unpaired surrogates ``\\udxxx`` spelled out, a cycle and
    what lies too deep a remark, foreign objects their text. ``above`` are the ids of its containers.
    """
    try:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, Enum):
            return plain(value.value, (*above, id(value)))
        if isinstance(value, str):
            return value.encode("utf-8", "backslashreplace").decode()
        if isinstance(value, int):
            return int(value) if value.bit_length() <= _LONGEST_INTEGER_BITS else hex(value)
        if isinstance(value, float):
            return float(value) if abs(value) < _INFINITY else None
        if id(value) in above:
            return "(circular)"
        if len(above) >= _DEEPEST:
            return "(too deep)"
        return _plain_object(value, (*above, id(value)))
    except Exception:  # noqa: BLE001 - foreign code may raise anything
        return f"({type(value).__name__}: unreadable)"


def _plain_object(value: object, above: tuple[int, ...]) -> Any:
    if isinstance(value, Mapping):
        return {_key(key): plain(item, above) for key, item in value.items()}
    if isinstance(value, list | tuple | AbstractSet):
        return [plain(item, above) for item in value]
    if isinstance(value, bytes | bytearray):
        return value.decode("utf-8", "backslashreplace")
    for method in ("tolist", "isoformat"):  # numpy's arrays and numbers, dates and times
        if hasattr(value, method):
            return plain(getattr(value, method)(), above)
    return plain(str(value), above)


def _key(key: object) -> str:
    text = plain(key)
    return text if isinstance(text, str) else str(text)


_in_ascii = json.JSONEncoder(separators=(",", ":"), allow_nan=False, default=plain).encode
_in_unicode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=plain).encode
