"""Breaks codesentinel on purpose, one line at a time, and lets calamum attack it: each must be caught.

Usage: mutants.py [--only NAME] [--exactly NAME] [--target TARGET] [--jobs N] [--share .95] [--output FILE]
                  [--record FILE]
Exit status 1 when fewer are caught than the share, or the unbroken program is found broken.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from mutations import MUTATIONS, SURVIVORS, Mutation

ROOT = Path(__file__).resolve().parent.parent.parent
SEED = 7
BUDGET_SECONDS = 240
CAUGHT = ("failed", "broken")


class Attacked(NamedTuple):
    """What became of the cases: those that did not hold, those that could not run, and the seconds."""

    against: tuple[str, ...]
    skipped: tuple[str, ...]
    seconds: float


class Copy:
    """The sources as they are, in a folder of their own, in which one line at a time is broken."""

    def __init__(self, folder: Path) -> None:
        self._sources = folder / "src"
        self._workspace = folder / "workspace"
        shutil.copytree(ROOT / "src" / "codesentinel", self._sources / "codesentinel")
        (self._workspace / ".git").mkdir(parents=True)
        for name in ("examples", "infrastructure"):  # found beside the package, as in a checkout
            (folder / name).symlink_to(ROOT / name)

    def attacked(self, cases: str, budget_seconds: float = BUDGET_SECONDS) -> Attacked:
        """What the cases say of it as it is now."""
        targets = [word for case in cases.split() for word in ("--target", case)]
        words = ["--seed", str(SEED), "--budget", f"{budget_seconds}s", "--jobs", "2", "--json", "--quiet"]
        began = time.monotonic()
        done = subprocess.run(
            [
                *(sys.executable, "-m", "codesentinel.cli.calamum", "test"),
                *(*targets, *words, "--sources", str(self._sources)),
            ],
            cwd=self._workspace,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},  # one second and size: the old one is taken
            capture_output=True,
            text=True,
            check=False,
        )
        document = json.loads(done.stdout)
        if "error" in document:
            raise SystemExit(document["error"]["message"])
        found = document["data"]["cases"]
        return Attacked(
            tuple(
                sorted(
                    {f"{one['target']}/{one['case'].split()[0]}" for one in found if one["outcome"] in CAUGHT}
                )
            ),
            tuple(
                f"{one['target']}/{one['case']}: {one['detail']}"
                for one in found
                if one["outcome"] == "skipped"
            ),
            time.monotonic() - began,
        )

    def broken(self, one: Mutation) -> Attacked:
        """What the cases say of it once it is broken; it is whole again afterwards."""
        file = self._sources / "codesentinel" / one.file
        whole = file.read_text()
        if whole.count(one.old) != 1:
            raise SystemExit(f"{one.name}: {one.file} holds it {whole.count(one.old)} times")
        file.write_text(whole.replace(one.old, one.new))
        try:
            return self.attacked(one.cases)
        finally:
            file.write_text(whole)


def main() -> int:
    """Attack each mutant; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="mutants whose name holds this")
    parser.add_argument("--target", default="", help="mutants that this target is to notice")
    parser.add_argument("--exactly", action="append", default=[], help="the mutant of this name")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--share", type=float, default=0.95)
    parser.add_argument("--output", default="", help="write the table as Markdown, too")
    parser.add_argument("--record", default="", help="file of what was attacked already; goes on from there")
    args = parser.parse_args()
    chosen = [
        one
        for one in MUTATIONS
        if args.only in one.name
        and one.cases.startswith(args.target)
        and (one.name in args.exactly or not args.exactly)
    ]
    with tempfile.TemporaryDirectory() as folder:
        copies: queue.Queue[Copy] = queue.Queue()
        for number in range(args.jobs):
            copies.put(Copy(Path(folder, str(number))))
        known = recorded(args.record)
        wrong = unbroken(copies, sorted({one.cases for one in chosen if one.name not in known}))
        if wrong:
            print(f"the unbroken program is found broken: {', '.join(wrong)}")
            return 1
        with ThreadPoolExecutor(args.jobs) as pool:
            results = list(
                pool.map(lambda one: known.get(one.name) or attacked(copies, one, args.record), chosen)
            )
    caught = sum(bool(found.against) for found in results)
    print(f"\n{caught} of {len(chosen)} caught: {caught / len(chosen):.1%}")
    if args.output:
        Path(args.output).write_text(page(chosen, results))
    return 0 if caught / len(chosen) >= args.share else 1


def unbroken(copies: queue.Queue[Copy], cases: list[str]) -> list[str]:
    """The cases that do not hold of the program as it is."""
    if not cases:
        return []
    copy = copies.get()
    found = copy.attacked(" ".join(cases), 900)
    copies.put(copy)
    print(f"unbroken {found.seconds:6.1f}s, could not run: {', '.join(found.skipped) or 'none'}", flush=True)
    return list(found.against)


def recorded(path: str) -> dict[str, Attacked]:
    """What an earlier run found, that was cut off."""
    lines = Path(path).read_text().splitlines() if path and Path(path).exists() else []
    found = {}
    for name, against, skipped, seconds in map(json.loads, lines):
        found[name] = Attacked(tuple(against), tuple(skipped), seconds)
    return found


def attacked(copies: queue.Queue[Copy], one: Mutation, record: str) -> Attacked:
    """Break the next copy that is free, and tell what came of it."""
    copy = copies.get()
    try:
        found = copy.broken(one)
    finally:
        copies.put(copy)
    if record:
        with Path(record).open("a", encoding="utf-8") as file:
            file.write(json.dumps([one.name, *found]) + "\n")
    word = "caught" if found.against else "MISSED"
    print(
        f"{word} {one.name:56} {found.seconds:6.1f}s {', '.join(found.against or found.skipped)}", flush=True
    )
    return found


def page(chosen: list[Mutation], results: list[Attacked]) -> str:
    """All of it as Markdown."""
    caught = sum(bool(found.against) for found in results)
    lines = [
        "# Can calamum fail?",
        "",
        "Written by `python benchmarks/calamum/mutants.py --output docs/reference/mutants.md`: codesentinel",
        "is broken on purpose, one line at a time, and calamum attacks each version. One case has to notice.",
        "",
        f"{caught} of {len(chosen)} are caught ({caught / len(chosen):.1%}).",
        "",
        "| what is broken | where | caught by |",
        "|---|---|---|",
    ]
    for one, found in zip(chosen, results, strict=True):
        told = ", ".join(f"`{name}`" for name in found.against)
        survived = f"**survived**: {SURVIVORS.get(one.name, 'no reason known')}"
        lines.append(f"| {one.name} | `{one.file}` | {told or survived} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
