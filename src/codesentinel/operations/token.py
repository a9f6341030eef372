"""The token that guards a server on a network, from a file that only its owner reads."""

from __future__ import annotations

import os
from pathlib import Path

from codesentinel.model.errors import Refused, UsageError

_SHORTEST = 16


def read_token(file: str) -> str:
    """The token in ``file``, without the blanks around it.

    Only its owner may read it. A file that somebody else owns may be read by a group too: that is how root,
    or a Secret of Kubernetes, hands a token to one who is not root.

    Raises:
        UsageError: it cannot be read, or is too short to guard anything.
        Refused: others may read it.
    """
    path = Path(file).expanduser()
    try:
        found, text = path.stat(), path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "no text"
        raise UsageError(f"the token file {file} cannot be read: {reason}") from exc
    if found.st_mode & (0o077 if found.st_uid == os.geteuid() else 0o037):
        raise Refused(f"others may read the token file {file}", hint=f"chmod 600 {file}")
    if len(text) < _SHORTEST:
        hint = f'make one: python3 -c "import secrets; print(secrets.token_urlsafe(32))" > {file}'
        raise UsageError(f"the token in {file} is shorter than {_SHORTEST} characters", hint=hint)
    return text
