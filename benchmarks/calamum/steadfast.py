"""Whether calamum is the same each time, and can be ended at any moment: seen from outside, in a room.

Usage: python benchmarks/calamum/steadfast.py [--runs 20] [--moments 20] [--seed 7] [--target TARGET ...]
The same seed has to be the same plan and verdict in all runs; a run that is ended by SIGKILL at a moment
drawn by chance has to leave, after `calamum clean`, neither process, mount, control group, namespace nor
file, and no torn line in the log. Exit status 1 where that is not so.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from outside import CALAMUM, in_room

TARGETS = (
    "archive-index/says-what-the-log-says",
    "event-log/tampering",
    "event-log/torn-tail",
    "event-log/writers-killed",
    "kill-safety/id-given-to-another",
    "kill-safety/whole-tree",
    "process-telemetry/hostile-name",
    "web/open-only-behind-a-token",
)
"""Short cases of every kind of fault: killed writers, full trees, damage, servers, storms of names."""


def words(targets: list[str], seed: int) -> list[str]:
    """A run of these targets."""
    chosen = [word for target in targets for word in ("--target", target)]
    return [*CALAMUM, "test", *chosen, "--seed", str(seed), "--budget", "300s", "--json", "--quiet"]


def told(document: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The plan and what came of it: all but times."""
    return [(one["target"], one["case"], one["seed"], one["outcome"]) for one in document["data"]["cases"]]


def same(targets: list[str], seed: int, runs: int) -> bool:
    """Whether all runs told the same."""
    found = []
    for number in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            (run,) = in_room(Path(folder, "workspace"), {"command": words(targets, seed)})["runs"]
        found.append((run["status"], told(json.loads(run["out"]))))
        print(f"run {number + 1}: status {run['status']}, {len(found[-1][1])} cases", flush=True)
    agree = sum(one == found[0] for one in found)
    print(f"{agree} of {runs} runs with seed {seed} have the same plan and the same verdicts")
    return agree == runs


def torn(workspace: Path) -> list[str]:
    """Lines of any log that are no JSON, and logs that do not end with a line."""
    wrong = []
    for path in sorted(workspace.glob("docs/**/*.jsonl")):
        text = path.read_bytes()
        wrong += [] if text.endswith(b"\n") or not text else [f"{path.name} ends within a line"]
        for line in text.splitlines():
            try:
                json.loads(line)
            except ValueError:
                wrong.append(f"{path.name}: {line[:60]!r}")
    return wrong


def killed(targets: list[str], seed: int, moments: int) -> bool:
    """Whether nothing is left of runs that were ended by SIGKILL."""
    chance, whole, fine, cut = random.Random(seed), 0.0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder, "workspace")
        for number in range(moments + 1):
            after = chance.uniform(0.05, whole * 1.02) if number else None
            began = time.monotonic()
            runs = [{"command": words(targets, seed), "kill_after": after}, {"command": [*CALAMUM, "clean"]}]
            found = in_room(workspace, *runs)
            if not number:  # how long one takes that nobody ends
                whole = time.monotonic() - began
                continue
            wrong = [*found["left"], *torn(workspace)]
            fine += not wrong
            cut += found["runs"][0]["status"] == -9
            print(
                f"killed after {after:5.1f} s: {'; '.join(wrong) or 'nothing left, no torn line'}", flush=True
            )
    print(f"{fine} of {moments} runs left nothing and tore no line; {cut} had not come to their end")
    return fine == moments


def main() -> int:
    """Run both; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--moments", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--target", action="append", default=[])
    args = parser.parse_args()
    targets = args.target or list(TARGETS)
    fine = same(targets, args.seed, args.runs) if args.runs else True
    return 0 if (killed(targets, args.seed, args.moments) if args.moments else True) and fine else 1


if __name__ == "__main__":
    sys.exit(main())
