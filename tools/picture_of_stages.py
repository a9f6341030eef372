"""The picture of the stages, made from a drawing in text: boxes by name, and arrows between them."""

from __future__ import annotations

from html import escape

BOXES = {
    # name: column, row, width in columns, what stands in it
    "world": (0, 0, 1, "world", "processes, Prometheus, CloudWatch, agents, CI"),
    "capture": (1, 0, 1, "capture", "samples, events, series, profiles"),
    "store": (2, 0, 1, "store", "append-only log, archive, index"),
    "analysis": (3, 0, 1, "analysis on stats", "findings and verdicts; pure"),
    "render": (4, 0, 1, "render", "text, JSON, Markdown, metrics; pure"),
    "specs": (0, 1, 1, "objectives, rules", "dashboards and alerts as records"),
    "mixin": (1, 1, 1, "mixin", "specs into text, and its checks; pure"),
    "act": (2, 1, 1, "act", "the only hands: servers, files, signals, traffic"),
    "calamum": (3, 1, 1, "calamum", "attacks the installed program from outside"),
    "faces": (4, 1, 1, "cli, web, mcp", "commands, viewer, tools for agents"),
    "operations": (
        0,
        2,
        5,
        "operations",
        "verbs: the only place where stages meet; each run is an event",
    ),
    "model": (0, 3, 5, "model", "frozen records and the error tree; everybody imports it, it imports nobody"),
}
ARROWS = (
    "world capture",
    "capture store",
    "store analysis",
    "analysis render",
    "render faces",
    "specs mixin",
    "mixin act",
)
_TIP = (
    "<defs><marker id='tip' viewBox='0 0 8 8' refX='7' refY='4' markerWidth='8' markerHeight='8' "
    "orient='auto'><path d='M0,0 L8,4 L0,8 z' fill='#1f5fbf'/></marker></defs>"
)
_COLUMN, _ROW, _GAP, _TOP = 186, 96, 26, 46


def stages() -> str:
    """Which way records travel, and who may know whom."""
    width = 5 * _COLUMN + 6
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} 440' width='{width}' role='img'>",
        _TIP,
        "<rect width='100%' height='100%' fill='#ffffff'/>",
        _words(8, 24, "Records travel along the arrows; imports go down only", 15, bold=True),
    ]
    for column, row, columns, title, about in BOXES.values():
        x, y = _place(column, row)
        box = columns * _COLUMN - _GAP
        parts.append(
            f"<rect x='{x}' y='{y}' width='{box}' height='{_ROW - _GAP}' rx='5' "
            "fill='#eaf1fb' stroke='#1f5fbf'/>"
        )
        parts.append(_words(x + 8, y + 20, title, 13, bold=True))
        lines = [about] if columns > 1 else _broken(about)
        parts += [_words(x + 8, y + 37 + 14 * n, line, 11) for n, line in enumerate(lines)]
    for pair in ARROWS:
        (a_column, a_row, *_), (b_column, b_row, *_) = (BOXES[name] for name in pair.split())
        (ax, ay), (bx, by) = _place(a_column, a_row), _place(b_column, b_row)
        if a_row == b_row:
            line = (ax + _COLUMN - _GAP, ay + 34, bx - 2, by + 34)
        else:
            line = (ax + 80, ay + _ROW - _GAP, bx + 80, by - 2)
        ends = " ".join(f"{name}='{at}'" for name, at in zip(("x1", "y1", "x2", "y2"), line, strict=True))
        parts.append(f"<line {ends} stroke='#1f5fbf' stroke-width='1.6' marker-end='url(#tip)'/>")
    return "\n".join([*parts, "</svg>\n"])


def _place(column: int, row: int) -> tuple[int, int]:
    return 6 + column * _COLUMN, _TOP + row * _ROW


def _broken(words: str, most: int = 27) -> list[str]:
    """In lines that fit a box."""
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) >= most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".lstrip()
    return lines


def _words(x: int, y: int, words: str, size: int, *, bold: bool = False) -> str:
    weight = " font-weight='bold'" if bold else ""
    font = "font-family='Helvetica, Arial, sans-serif'"
    return f"<text x='{x}' y='{y}' {font} font-size='{size}' fill='#222222'{weight}>{escape(words)}</text>"
