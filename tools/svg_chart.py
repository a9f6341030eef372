"""A chart as SVG text, with axes that a reader who is no statistician can read; numbers with one decimal."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

INK, GREY, BLUE, RED, GREEN, PALE = "#222222", "#9aa0a6", "#1f5fbf", "#c62828", "#2e7d32", "#bcd3f2"
_FONT = "font-family='Helvetica, Arial, sans-serif'"
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 44, 48


class Chart:
    """One drawing; ``x`` and ``y`` are the ranges that are shown, ``log`` makes y logarithmic."""

    def __init__(
        self,
        title: str,
        x: tuple[float, float],
        y: tuple[float, float],
        *,
        size: tuple[int, int] = (720, 340),
        log: bool = False,
    ) -> None:
        self.width, self.height = size
        self.log = log
        self.x = x
        self.y = (math.log10(y[0]), math.log10(y[1])) if log else y
        self.parts = [_text(16, 24, title, size=15, bold=True)]

    def axes(
        self, x_name: str, y_name: str, xs: Sequence[tuple[float, str]], ys: Sequence[tuple[float, str]]
    ) -> None:
        """Lines at these values, with what stands beside them."""
        left, right = _LEFT, self.width - _RIGHT
        top, bottom = _TOP, self.height - _BOTTOM
        for value, label in ys:
            at = self.down(value)
            self.parts.append(_path([(left, at), (right, at)], stroke="#e3e6ea"))
            self.parts.append(_text(left - 6, at + 4, label, anchor="end", size=11))
        for value, label in xs:
            at = self.across(value)
            self.parts.append(_path([(at, bottom), (at, bottom + 5)], stroke=INK))
            self.parts.append(_text(at, bottom + 18, label, anchor="middle", size=11))
        self.parts.append(_path([(left, top), (left, bottom), (right, bottom)], stroke=INK))
        self.parts.append(_text((left + right) / 2, self.height - 10, x_name, anchor="middle", size=12))
        self.parts.append(_text(left, top - 6, y_name, size=12))

    def across(self, value: float) -> float:
        """Where a value of x stands."""
        share = (value - self.x[0]) / (self.x[1] - self.x[0])
        return _LEFT + share * (self.width - _LEFT - _RIGHT)

    def down(self, value: float) -> float:
        """Where a value of y stands; what lies outside is put to the edge."""
        value = math.log10(max(value, 10 ** self.y[0])) if self.log else value
        share = min(max((value - self.y[0]) / (self.y[1] - self.y[0]), 0.0), 1.0)
        return self.height - _BOTTOM - share * (self.height - _TOP - _BOTTOM)

    def line(
        self,
        xs: Iterable[float],
        ys: Iterable[float],
        colour: str = BLUE,
        *,
        width: float = 1.6,
        dash: str = "",
    ) -> None:
        """A line through the points."""
        points = [(self.across(x), self.down(y)) for x, y in zip(xs, ys, strict=True)]
        self.parts.append(_path(points, stroke=colour, width=width, dash=dash))

    def band(self, xs: Sequence[float], lower: Iterable[float], upper: Iterable[float]) -> None:
        """What lies between two lines."""
        above = [(self.across(x), self.down(y)) for x, y in zip(xs, upper, strict=True)]
        below = [(self.across(x), self.down(y)) for x, y in zip(xs, lower, strict=True)]
        self.parts.append(_path([*above, *reversed(below)], fill=PALE, closed=True))

    def dot(self, x: float, y: float, colour: str = BLUE, radius: float = 3.0) -> None:
        """A point."""
        self.parts.append(
            f"<circle cx='{self.across(x):.1f}' cy='{self.down(y):.1f}' r='{radius}' fill='{colour}'/>"
        )

    def box(self, x: tuple[float, float], y: tuple[float, float], colour: str, label: str = "") -> None:
        """A rectangle, with words in it where they fit."""
        left, right = self.across(x[0]), self.across(x[1])
        top, bottom = self.down(y[1]), self.down(y[0])
        self.parts.append(
            f"<rect x='{left:.1f}' y='{top:.1f}' width='{right - left:.1f}' height='{bottom - top:.1f}' "
            f"fill='{colour}' stroke='#ffffff'/>"
        )
        if label and right - left > 7 * len(label):
            self.parts.append(_text(left + 5, (top + bottom) / 2 + 4, label, size=12))

    def note(self, x: float, y: float, words: str, colour: str = INK, anchor: str = "start") -> None:
        """Words beside a point."""
        self.parts.append(_text(self.across(x), self.down(y), words, colour=colour, anchor=anchor, size=12))

    def text(self) -> str:
        """The whole file."""
        head = (
            f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {self.width} {self.height}' "
            f"width='{self.width}' height='{self.height}' role='img'>"
        )
        return "\n".join([head, "<rect width='100%' height='100%' fill='#ffffff'/>", *self.parts, "</svg>\n"])


def _path(
    points: Sequence[tuple[float, float]],
    *,
    stroke: str = "none",
    fill: str = "none",
    width: float = 1.0,
    dash: str = "",
    closed: bool = False,
) -> str:
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    kind = "polygon" if closed else "polyline"
    dashed = f" stroke-dasharray='{dash}'" if dash else ""
    return f"<{kind} points='{places}' fill='{fill}' stroke='{stroke}' stroke-width='{width}'{dashed}/>"


def _text(
    x: float, y: float, words: str, *, size: int, anchor: str = "start", colour: str = INK, bold: bool = False
) -> str:
    weight = " font-weight='bold'" if bold else ""
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' {_FONT} font-size='{size}' text-anchor='{anchor}' "
        f"fill='{colour}'{weight}>{escape(words)}</text>"
    )
