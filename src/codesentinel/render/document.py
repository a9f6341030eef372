"""Records to JSON: the one envelope every command prints with ``--json``."""

from __future__ import annotations

import json
import math
from datetime import datetime
from enum import Enum
from typing import Any

from codesentinel.model.timestamp import rfc3339


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
    """JSON types only: records become objects, times RFC 3339, and what is not a number null."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    if hasattr(value, "as_document"):
        return plain(value.as_document())
    if hasattr(value, "_asdict"):
        return plain(value._asdict())
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if hasattr(value, "items"):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if hasattr(value, "__iter__"):
        return [plain(item) for item in value]
    return str(value)


def _dumps(document: dict[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"), allow_nan=False)
