"""Check: one thing that the set-up needs, whether it is so, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """``outcome`` is OK, WARN (works, but not as it should) or FAIL; ``mend`` says what to do then."""

    name: str
    outcome: str
    detail: str
    mend: str = ""
