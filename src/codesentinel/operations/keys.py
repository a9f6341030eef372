"""Keys that servers ask for, from files that the settings or an option name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from codesentinel.act.provision import read_text
from codesentinel.model.errors import UsageError

if TYPE_CHECKING:
    from codesentinel.operations.base import Context


def read_key(context: Context, file: str, *, hint: str) -> str:
    """The one line of ``file``, which is relative to the workspace root.

    Raises:
        UsageError: it holds no token or key.
        Failed: it cannot be read.
    """
    text = (read_text(context.root / Path(file).expanduser()) or "").strip()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise UsageError(f"{file} holds no token", hint=hint)
    return text
