"""Whole processes timed side by side: interleaved runs, medians, ratios to the first."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from claims import Spread, claim

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Timing:
    """Medians of whole-process seconds, and the CPU seconds of every turn."""

    cpu_seconds: float
    wall_seconds: float
    turns: tuple[float, ...] = ()

    def claim(self, what: str, name: str, other: Timing, *, limit: str = "") -> None:
        """Keep what this costs in CPU beside another, with the least and the largest ratio of a turn."""
        ratios = [mine / its for mine, its in zip(self.turns, other.turns, strict=False)]
        claim(
            what,
            self.cpu_seconds * 1000,
            "ms CPU",
            peer=name,
            theirs=other.cpu_seconds * 1000,
            spread=Spread(min(ratios), max(ratios)),
            limit=limit,
        )


def side_by_side(commands: Mapping[str, Sequence[str]], *, runs: int) -> dict[str, Timing]:
    """Run all commands in turn, ``runs`` times after a warm-up: a slow moment hits them all."""
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, command in commands.items():
            measured = _once(command)
            if turn:
                seen[name].append(measured)
    return {
        name: Timing(
            statistics.median(c for c, _ in rows),
            statistics.median(w for _, w in rows),
            tuple(c for c, _ in rows),
        )
        for name, rows in seen.items()
    }


def installed(folder: Path) -> Path:
    """The programs of an install as users have it: a wheel in an environment of its own, compiled.

    The development environment reads four files at each start that a user's has not: of an editable
    install, coverage and setuptools.
    """
    uv, python = Path(sys.executable).with_name("uv"), folder / "bin" / "python"
    source = Path(__file__).parents[1]
    wheel = [
        "build",
        "-q",
        "--wheel",
        "--no-build-isolation",
        "--python",
        sys.executable,
        "--out-dir",
        folder,
    ]
    subprocess.run([uv, *wheel, source], check=True)
    subprocess.run([uv, "venv", "-q", "--allow-existing", "--python", sys.executable, folder], check=True)
    install = ["pip", "install", "-q", "--no-deps", "--compile-bytecode", "--python", python]
    subprocess.run([uv, *install, *folder.glob("*.whl")], check=True)
    return python.parent


def _once(command: Sequence[str]) -> tuple[float, float]:
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = 0
    return used.ru_utime + used.ru_stime, wall


def table(timings: Mapping[str, Timing]) -> str:
    """One line a command, with its ratio to the first."""
    base = next(iter(timings.values()))
    lines = [f"{'command':<34}{'cpu ms':>9}{'wall ms':>9}{'cpu x':>7}{'wall x':>8}"]
    for name, timing in timings.items():
        lines.append(
            f"{name:<34}{timing.cpu_seconds * 1000:>9.1f}{timing.wall_seconds * 1000:>9.1f}"
            f"{timing.cpu_seconds / base.cpu_seconds:>7.2f}{timing.wall_seconds / base.wall_seconds:>8.2f}"
        )
    return "\n".join(lines)
