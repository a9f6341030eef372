"""Records to JSON: the one envelope every command prints with ``--json``."""

from __future__ import annotations

import json
from enum import Enum

from codesentinel.model.timestamp import rfc3339

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_INFINITY = float("inf")


def envelope(operation: str, data: object, generated_at: float) -> str:
    """``{"schema", "generated_at", "data"}`` as one line of JSON."""
    return _dumps(
        {
            "schema": f"codesentinel/{operation}/v1",
            "generated_at": rfc3339(generated_at),
            "data": plain(data),
        }
    )


def error_envelope(kind: str, message: str, hint: str) -> str:
    """``{"schema", "error"}`` as one line of JSON."""
    error = {"kind": kind, "message": message, "hint": hint}
    return _dumps({"schema": "codesentinel/error/v1", "error": error})


def plain(value: Any) -> Any:
    """JSON types only: records become objects, times RFC 3339, and what is not a number null.

    Half surrogate pairs, as undecodable file names have them, are spelled out: strict readers refuse them.
    """
    if isinstance(value, float):
        return value if abs(value) < _INFINITY else None
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if hasattr(value, "isoformat"):  # a datetime
        return value.isoformat(timespec="milliseconds")
    if hasattr(value, "tolist"):  # numpy's arrays, and its numbers, which are no int of ours
        return plain(value.tolist())
    fields = _fields(value)
    if fields is not None:
        return {plain(str(name)): plain(item) for name, item in fields.items()}
    return [plain(item) for item in value] if hasattr(value, "__iter__") else str(value)


def _fields(value: Any) -> Mapping[Any, Any] | None:
    """What a record consists of; None when it is none. A record may say itself how it is written."""
    for method in ("as_document", "_asdict"):
        if hasattr(value, method):
            return dict(getattr(value, method)())
    if hasattr(value, "__dataclass_fields__"):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    return dict(value) if hasattr(value, "items") else None


def _dumps(document: dict[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"), allow_nan=False)
