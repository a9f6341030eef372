"""Moments as people write them: RFC 3339, or how long ago."""

from __future__ import annotations

from codesentinel.model.duration import parse_duration


def parse_moment(text: str, now: float) -> float:
    """Seconds since the epoch meant by ``text``: ``2026-11-24T10:00:00+00:00``, or ``5m`` before ``now``.

    Raises:
        ValueError: it is neither, or a time without an offset.
    """
    try:
        return now - parse_duration(text)
    except ValueError:
        from datetime import datetime

        try:
            when = datetime.fromisoformat(text)
        except ValueError:
            when = None
    if when is None or when.tzinfo is None:
        raise ValueError(
            f"{text!r} is neither a time such as 2026-11-24T10:00:00+00:00 nor how long ago, such as 5m"
        )
    return when.timestamp()
