"""Write docs/benchmarks.md from docs/benchmarks.json, where `benchmarks/run.py` keeps what each run found.

python benchmarks/page.py [--check]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent.parent / "docs"
RESULTS = DOCS / "benchmarks.json"
PAGE = DOCS / "benchmarks.md"
HEAD = """\
<!-- Written by `make bench` from docs/benchmarks.json; run the benchmarks instead of editing it. -->

# Benchmarks

Every figure here was printed by a program in `benchmarks/`, beside the peers that it names, in one run: the
machine is shared and noisy, so ratios count and seconds do not. A program exits with 1 when it misses a limit
of its own. `make bench` runs them all, which takes hours; `make bench ARGS="startup.py index.py"` runs those
alone. Both write this page.

*Ratio* is ours divided by the peer's. The spread is of the ratio over the rounds; without a peer it is of
the figure: a 95 % interval for shares, else the least and the largest. Simulated shares have a known answer
and a fixed seed.
"""


def main() -> int:
    """Write the page; with --check, 1 when it differs."""
    text = page(json.loads(RESULTS.read_text(encoding="utf-8")))
    same = PAGE.exists() and PAGE.read_text(encoding="utf-8") == text
    if not same and "--check" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
    print(f"benchmarks.md {'is up to date' if same else 'changed'}")
    return 0 if same or "--check" not in sys.argv else 1


def page(results: dict[str, Any]) -> str:
    """The whole page."""
    parts = [HEAD]
    for name, one in results.items():
        parts.append(f"## {name.removesuffix('.py')}\n\n{one['title']}\n")
        if not one.get("claims"):
            parts.append(f"Not in this edition: {one['why_not']}.\n")
            continue
        outcome = "all limits kept" if one["status"] == 0 else "**a limit was missed**"
        parts.append(
            f"`{one['command']}`: {one['at']}, {one['seconds']:.0f} s, load {one['load'][0]:.1f} before and"
            f" {one['load'][1]:.1f} after, {one['machine']}: {outcome}.\n"
        )
        parts.append("| | ours | peer | theirs | ratio | spread | limit |\n|---|---|---|---|---|---|---|")
        parts.append("\n".join(map(row, one["claims"])) + "\n")
    return "\n".join(parts)


def row(one: dict[str, Any]) -> str:
    """A line of a table."""
    unit, spread = one["unit"], one["spread"]
    ratio = "" if one["ratio"] is None else f"{shown(one['ratio'], '')}x"
    of = "" if one["ratio"] is not None else unit
    between = "" if spread is None else f"{shown(spread[0], of)} to {shown(spread[1], of)}"
    theirs = "" if one["theirs"] is None else shown(one["theirs"], unit)
    cells = (one["what"], shown(one["ours"], unit), one["peer"], theirs, ratio, between, one["limit"])
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def shown(value: float, unit: str) -> str:
    """A figure with three digits that count."""
    if unit == "%":
        return f"{value:.1%}"
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{text} {unit}".strip()


if __name__ == "__main__":
    sys.exit(main())
