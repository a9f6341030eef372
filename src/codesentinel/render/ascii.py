"""Foreign text made harmless: ASCII only, control characters spelled out."""

from __future__ import annotations


def escaped(text: str, limit: int = 0) -> str:
    r"""``text`` as printable ASCII: an escape becomes ``\x1b``, an umlaut ``\xfc``, a newline ``\n``.

    With ``limit`` the result is cut to that many characters and ends in ``...``.
    """
    safe = "".join(c if " " <= c <= "~" and c != "\\" else _spelled(c) for c in text)
    return safe if not limit or len(safe) <= limit else safe[: max(limit - 3, 0)] + "..."[:limit]


def _spelled(character: str) -> str:
    if character == "\\":
        return "\\\\"
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
