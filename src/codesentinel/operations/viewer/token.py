"""The token that guards the viewer on a network, from a file that only its owner reads."""

from __future__ import annotations

from pathlib import Path

from codesentinel.model.errors import Refused, UsageError

_SHORTEST = 16


def read_token(file: str) -> str:
    """The token in ``file``, without the blanks around it.

    Raises:
        UsageError: it cannot be read, or is too short to guard anything.
        Refused: others may read it.
    """
    path = Path(file).expanduser()
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "no text"
        raise UsageError(f"the token file {file} cannot be read: {reason}") from exc
    if mode & 0o077:
        raise Refused(f"others may read the token file {file}", hint=f"chmod 600 {file}")
    if len(text) < _SHORTEST:
        hint = f'make one: python3 -c "import secrets; print(secrets.token_urlsafe(32))" > {file}'
        raise UsageError(f"the token in {file} is shorter than {_SHORTEST} characters", hint=hint)
    return text
