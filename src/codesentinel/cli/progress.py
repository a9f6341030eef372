"""A bar on standard error, where that is a terminal."""

from __future__ import annotations

import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Self

_WIDTH = 30
_EVERY_SECONDS = 0.1


def wants_bar(args: argparse.Namespace) -> bool:
    """Whether somebody looks, and wants to see it."""
    return sys.stderr.isatty() and not getattr(args, "quiet", False)


def draw(share: float, note: str = "", end: str = "") -> None:
    """The bar at ``share`` (0 to 1), over the one before."""
    filled = round(share * _WIDTH)
    sys.stderr.write(f"\r[{'#' * filled}{'.' * (_WIDTH - filled)}] {share:4.0%}{note}{end}")
    sys.stderr.flush()


class SampleBar:
    """Shows how much was read; nothing at all where nobody looks. It is gone when the block ends."""

    def __init__(self, args: argparse.Namespace) -> None:
        self._is_wanted = wants_bar(args)
        self._drawn_at = time.monotonic()
        self._is_drawn = False

    def __enter__(self) -> Self:
        """Begins; what takes no longer than a moment shows no bar."""
        return self

    def __call__(self, share: float, samples: int) -> None:
        """So much is done."""
        now = time.monotonic()
        if self._is_wanted and now - self._drawn_at >= _EVERY_SECONDS:
            self._drawn_at, self._is_drawn = now, True
            draw(share, f"  {samples:,} samples")

    def __exit__(self, *_: object) -> None:
        """Wipes the line."""
        if self._is_drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
