"""Breaks codesentinel on purpose, one line at a time, and lets calamum attack it: each must be caught.

Usage: python benchmarks/calamum/mutants.py [--only NAME] [--target TARGET] [--share .95] [--output FILE]
Exit status 1 when fewer are caught than the share.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mutations import MUTATIONS, SURVIVORS

ROOT = Path(__file__).resolve().parent.parent.parent
SEED = 7


def main() -> int:
    """Attack each mutant; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="mutants whose name holds this")
    parser.add_argument("--target", default="", help="mutants that this target is to notice")
    parser.add_argument("--share", type=float, default=0.95)
    parser.add_argument("--output", default="", help="write the table as Markdown, too")
    args = parser.parse_args()
    chosen = [one for one in MUTATIONS if args.only in one.name and one.target.startswith(args.target)]
    rows, caught = [], 0
    with tempfile.TemporaryDirectory() as folder:
        sources = Path(folder, "src")
        shutil.copytree(ROOT / "src" / "codesentinel", sources / "codesentinel")
        (sources.parent / "workspace" / ".git").mkdir(parents=True)
        for name in ("examples", "infrastructure"):  # found beside the package, as in a checkout
            (sources.parent / name).symlink_to(ROOT / name)
        for target in dict.fromkeys(one.target for one in chosen):
            print(f"unbroken {target}", *attack(sources, target, 130), flush=True)
        for one in chosen:
            file = sources / "codesentinel" / one.file
            whole = file.read_text()
            if whole.count(one.old) != 1:
                raise SystemExit(f"{one.name}: {one.file} holds it {whole.count(one.old)} times")
            file.write_text(whole.replace(one.old, one.new))
            began = time.monotonic()
            found = attack(sources, one.target, 130)
            file.write_text(whole)
            caught += bool(found)
            rows.append(
                (one.name, one.target, ", ".join(found) or f"SURVIVED: {SURVIVORS.get(one.name, '?')}")
            )
            word, seconds = "caught " if found else "MISSED ", time.monotonic() - began
            print(f"{word} {one.name:44} {seconds:6.1f}s {', '.join(found)}", flush=True)
    share = caught / len(rows)
    print(f"\n{caught} of {len(rows)} caught: {share:.1%}")
    if args.output:
        lines = [
            "| mutant | attacked by | caught by |",
            "|---|---|---|",
            *(f"| {' | '.join(row)} |" for row in rows),
        ]
        Path(args.output).write_text("\n".join(lines) + "\n")
    return 0 if share >= args.share else 1


def attack(sources: Path, target: str, budget: float) -> list[str]:
    """The cases that did not hold."""
    words = ["test", "--target", target, "--seed", str(SEED), "--budget", f"{budget}s", "--json", "--quiet"]
    done = subprocess.run(
        [sys.executable, "-m", "codesentinel.cli.calamum", *words, "--sources", str(sources)],
        cwd=sources.parent / "workspace",
        capture_output=True,
        text=True,
        check=False,
    )
    document = json.loads(done.stdout)
    if "error" in document:
        raise SystemExit(document["error"]["message"])
    cases = document["data"]["cases"]
    return [f"{one['target']}/{one['case']}" for one in cases if one["outcome"] in ("failed", "broken")]


if __name__ == "__main__":
    sys.exit(main())
