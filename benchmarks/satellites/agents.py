"""16 agents follow procedures for a minute, a third killed at random: what became of every event.

    python benchmarks/satellites/agents.py [--agents 16] [--seconds 60]

Fails when an acknowledged event is missing or there twice, or a run stays open after the rule.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from codesentinel.operations.base import open_context
from codesentinel.operations.satellites.close import Closer
from instructions import write
from many_agents import run_agents, seeded, told

sys.path.append(str(Path(__file__).resolve().parents[1]))
from claims import claim


def main() -> int:
    """Print the table; 1 when something was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agents", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=60.0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / ".git").mkdir()
        write(root)
        context = open_context(folder, tell=lambda _: None)
        said, victims = run_agents(root, agents=args.agents, seconds=args.seconds, rng=seeded())
        counts, damaged = told(context)
        missing = sum(one not in counts for one in said)
        later = time.time() + context.settings.satellites.run_limit_seconds + 60
        done = Closer(context).run(later)
        after, _ = told(context)
        twice = sum(count > 1 for count in after.values())
    print(f"agents {args.agents}, killed {len(victims)} at random and the others at the end")
    print(
        f"{'acknowledged':>14} {'missing':>8} {'twice':>6} {'damaged':>8} {'closed by rule':>15} {'open':>5}"
    )
    print(f"{len(said):>14} {missing:>8} {twice:>6} {damaged:>8} {len(done.runs):>15} {done.still_open:>5}")
    of = f"of {len(said):,}, {args.agents} agents, {len(victims)} killed"
    claim(f"acknowledged events missing, {of}", missing, "events", limit="none")
    claim(f"events there twice, {of}", twice, "events", limit="none")
    return int(bool(missing or twice or done.still_open or not said))


if __name__ == "__main__":
    sys.exit(main())
