"""How well each kind of fault is noticed: precision, recall and time, with exact intervals.

Usage: python benchmarks/calamum/quality.py [--repeat 10] [--seed 7] [--jobs 1] [--output FILE]
Writes the table of docs/reference/detection-quality.md. Exit status 1 where an ordinary process is named.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from codesentinel.calamum.quality import NAMED_AS
from codesentinel.stats.proportion import exact_proportion

STORM = "fork_storm"
ORDINARY = ["sleep", "burst", "build", "cache", "tree", "ignore_term"]
WITHIN_SECONDS = 90


def scenario(faults: list[str]) -> str:
    """All these faults at once beside ordinary processes; whatever comes of it is counted."""
    arguments = {"faults": faults, "ordinary": ORDINARY, "within_seconds": WITHIN_SECONDS}
    return yaml.safe_dump(
        {
            "title": f"Noticing {', '.join(faults)}",
            "description": "Measured, not judged.",
            "needs": ["pid namespace"],
            "usual_seconds": 60,
            "budget_seconds": 600,
            "method": [
                {
                    "type": "probe",
                    "provider": {"type": "calamum", "func": "notices", "arguments": arguments},
                    "tolerance": {"recall": {"min": 0}},
                }
            ],
        }
    )


def measured(repeat: int, seed: int, jobs: int) -> list[dict[str, Any]]:
    """The quality of each case that was played."""
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder, "calamum", "quality")
        own.mkdir(parents=True)
        Path(folder, ".git").mkdir()
        (own / "all-but-the-storm.yaml").write_text(scenario([one for one in NAMED_AS if one != STORM]))
        (own / "storm.yaml").write_text(scenario([STORM]))
        words = ["--target", "quality", "--repeat", str(repeat), "--seed", str(seed), "--jobs", str(jobs)]
        done = subprocess.run(
            [sys.executable, "-m", "codesentinel.cli.calamum", "test", *words, "--budget", "4h", "--json"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=False,
        )
    cases = json.loads(done.stdout)["data"]["cases"]
    for one in cases:
        print(f"{one['case']}: {one['outcome']} {one['detail']}", flush=True)
    return [one["quality"] for one in cases if one["outcome"] == "held"]


def table(qualities: list[dict[str, Any]]) -> tuple[list[str], int]:
    """A line for each kind of fault, and how often an ordinary process was named."""
    started, found = defaultdict(int), defaultdict(int)
    seconds, false, ordinary = defaultdict(list), defaultdict(int), 0
    for quality in qualities:
        for kind, row in quality.items():
            if row["is_fault"]:
                started[kind] += row["started"]
                found[kind] += row["found"]
                seconds[kind] += row["seconds"]
                continue
            ordinary += row["started"]
            for name in row["as"]:
                false[name] += 1
    lines = [
        "| fault | named as | recall (95% interval) | precision (95% interval) | seconds: median, slowest |",
        "|---|---|---|---|---|",
    ]
    for kind, names in NAMED_AS.items():
        wrong = sum(false[name] for name in names)
        times = seconds[kind]
        took = f"{statistics.median(times):.1f}, {max(times):.1f}" if times else "-"
        lines.append(
            f"| {kind.replace('_', ' ')} | {', '.join(f'`{name}`' for name in names)} "
            f"| {share(found[kind], started[kind])} | {share(found[kind], found[kind] + wrong)} | {took} |"
        )
    named = sum(false.values())
    lines += ["", f"Of {ordinary} ordinary processes {named} were named: {share(named, ordinary)}."]
    return lines, named


def share(hits: int, trials: int) -> str:
    """A share with the interval of Clopper and Pearson."""
    interval = exact_proportion(hits, trials)
    if interval is None:
        return "-"
    return f"{hits} of {trials}: {interval.estimate:.0%} ({interval.lower:.0%} to {interval.upper:.0%})"


def main() -> int:
    """Measure and write; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=10)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--output", default="", help="write the page, too")
    args = parser.parse_args()
    lines, named = table(measured(args.repeat, args.seed, args.jobs))
    print("\n".join(lines))
    load = os.getloadavg()[1]
    if args.output:
        head = [
            "# How well faults are noticed",
            "",
            "Written by `python benchmarks/calamum/quality.py --output docs/reference/detection-quality.md`:",
            "processes at fault are started beside ordinary ones, all of them are recorded each second, and",
            "`codesentinel memory process anomalies` is asked again and again. Intervals are Clopper and",
            "Pearson's. The time counts from the beginning of the fault; it is missed where it is not named",
            f"within {WITHIN_SECONDS} s.",
            "",
            f"Seed {args.seed}, each fault {args.repeat} times; {os.cpu_count()} cores, load {load:.0f}.",
            "",
        ]
        Path(args.output).write_text("\n".join([*head, *lines]) + "\n")
    return 1 if named else 0


if __name__ == "__main__":
    sys.exit(main())
