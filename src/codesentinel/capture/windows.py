"""Cutting a long span into windows whose answers are of a size that fits, learned from one to the next."""

from __future__ import annotations

_GROWTH = 4
_OVERFLOW = 2


class Windows:
    """Half-open windows ``[begin, end)`` over ``[start, stop)``, in whole numbers of any unit.

    Args:
        start: where the first one begins.
        stop: where the last one ends.
        first: length of the first one.
        longest: no window is longer.
        grain: inner borders are multiples of it, seen from ``origin``.
        points: how many an answer should have.
    """

    def __init__(
        self, start: int, stop: int, *, first: int, longest: int, points: int, grain: int = 1, origin: int = 0
    ) -> None:
        self.begin = self._start = start
        self._stop = stop
        self._length = min(first, longest)
        self._longest = longest
        self._points = points
        self._grain = grain
        self._origin = origin

    def __bool__(self) -> bool:
        return self.begin < self._stop

    @property
    def end(self) -> int:
        """Where the current window ends."""
        reached = self.begin + self._length - self._origin
        border = reached // self._grain * self._grain + self._origin
        if border <= self.begin:
            border += self._grain
        return min(border, self._stop)

    @property
    def too_many(self) -> int | None:
        """The number of points at which the current window is better cut; None where it cannot be."""
        return self._points * _OVERFLOW if self._length > self._grain else None

    @property
    def done(self) -> float:
        """The share that lies behind, 0 to 1."""
        whole = self._stop - self._start
        return (self.begin - self._start) / whole if whole > 0 else 1.0

    def took(self, points: int) -> None:
        """The current window had so many points; go on to the next, and choose its length by them."""
        length = self.end - self.begin
        self.begin = self.end
        fitting = length * self._points // points if points else length * _GROWTH
        self._length = max(min(fitting, length * _GROWTH, self._longest), self._grain)

    def cut(self) -> None:
        """The current window has too many points: begin again with a shorter one."""
        self._length = max((self.end - self.begin) // (2 * _OVERFLOW), self._grain)
