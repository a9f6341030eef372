"""Real rollouts, behind Envoy and behind HAProxy, under load.

python rollout.py                 # a slow and a failing canary behind each, then 20 kills; twelve minutes
python rollout.py --kills 4 --rate 120 --window 40

A bad canary (half as slow again; one request in twenty failing) is to have weight 0 within three judging
ticks, and fewer than 2 % of the requests of the window are to have hit it. codesentinel is killed (SIGKILL)
at random moments, half the time with a good canary and half with a bad one; the next run is to end it
rightly, and over all of it no request may be lost: each is answered, and the arms have answered as many as
were sent.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from canary_world import World, world
from codesentinel.act.traffic.envoy import EnvoySplitter
from codesentinel.model.traffic import Split

sys.path.append(str(Path(__file__).resolve().parents[1]))
from claims import claim

if TYPE_CHECKING:
    from traffic import Load

TICK_SECONDS = 10
FIRST_PERCENT = 5
BEFORE_SECONDS = 5.0
MOST_TICKS = 3
MOST_SHARE = 0.02
FAULTS = {"50 % slower": {"delay_seconds": 0.06}, "5 % errors": {"error_every": 20}}


class Bad(NamedTuple):
    """How a bad canary fared."""

    splitter: str
    fault: str
    ticks: int
    seconds: float
    share: float
    requests: int
    lost: int
    is_gone: bool

    @property
    def held(self) -> bool:
        """Whether it was kept from the users."""
        return self.is_gone and self.ticks <= MOST_TICKS and self.share < MOST_SHARE and not self.lost


def bad_canary(folder: Path, splitter: str, fault: str, *, rate: float, window: float) -> Bad:
    """One rollout of a bad canary; requests are counted from before it begins until the window is over."""
    steps = [{"percent": FIRST_PERCENT, "min": "1m"}, {"percent": 50}]
    with world(
        folder, splitter=splitter, per_second=rate, steps=steps, tick=f"{TICK_SECONDS}s", hold_at_most="5m"
    ) as (here, load):
        for name, value in FAULTS[fault].items():
            setattr(here.canary, name, value)
        if splitter == "envoy":
            assert listens(here)
        earlier = here.baseline.served + here.canary.served
        with load:
            time.sleep(BEFORE_SECONDS)
            began = time.monotonic()
            status, document, told = here.run(timeout=300)
            assert status == 1, told
            seconds, hit = time.monotonic() - began, here.canary.served
            time.sleep(max(window - seconds, 1.0))
            is_gone = here.canary.served == hit
        data = document["data"]
        requests = sum(load.answered.values())
        lost = lost_of(load, here, earlier)
        acted = acts(here)
        waited = acted["roll-back"] - acted["step"]
        return Bad(splitter, fault, data["looks"], waited, hit / requests, requests, lost, is_gone)


def listens(here: World) -> bool:
    """Start the Envoy before the rollout, so that requests may come: by one that is aborted at once."""
    here.write(hooks={"before": [["false"]]})
    here.run()
    here.write(hooks={})
    (here.target / "journal.jsonl").unlink(missing_ok=True)
    return here.run("--dry-run")[1]["data"]["canary_ratio"] == 0


def acts(here: World) -> dict[str, float]:
    """When the weights were set for what, by the journal of the latest rollout (epoch seconds)."""
    newest = max(here.target.glob("journal-*.jsonl"), key=lambda path: path.stat().st_mtime)
    records = [json.loads(line) for line in newest.read_text().splitlines()]
    found = {}
    for intent, done in itertools.pairwise(records):
        if intent["kind"] == "intent" and done["kind"] == "done":
            found.setdefault(intent["act"], done["at"])
    return found


class Kills(NamedTuple):
    """What came of killing it again and again."""

    kills: int
    wrong: list[str]
    requests: int
    lost: int


def killed(folder: Path, *, kills: int, rate: float, seed: int) -> Kills:
    """Kill rollouts at random moments, each gone on with by the next run."""
    chance, wrong = random.Random(seed), []
    with world(folder, per_second=rate, steps=[{"percent": 20}, {"percent": 50}], tick="1s") as (here, load):
        here.margins(3, 0.3)
        assert listens(here)
        splitter = EnvoySplitter(
            str(here.target / "envoy/routes.json"), f"unix:{here.target}/envoy/admin.sock"
        )
        earlier = here.baseline.served + here.canary.served
        with load:
            for number in range(kills):
                good = chance.random() < 0.5
                here.canary.error_every = 0 if good else 2
                splitter.write(Split(10_000, 0))
                moment = chance.uniform(0.0, 12.0)
                outcome = one_kill(here, moment)
                weight = splitter.read().canary_ratio
                if (outcome, weight) != (("promoted", 1.0) if good else ("rolled-back", 0.0)):
                    kind = "good" if good else "bad"
                    wrong.append(f"{number}: {kind}, killed at {moment:.2f} s: {outcome}, weight {weight}")
        lost = lost_of(load, here, earlier)
        return Kills(kills, wrong, sum(load.answered.values()), lost)


def one_kill(here: World, moment: float) -> str:
    """How the rollout ended that was killed then, and gone on with; or that had ended before."""
    before = len(ends(here))
    process = here.start("--yes")
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    if len(ends(here)) == before or (here.target / "journal.jsonl").exists():
        status, document, told = here.run(timeout=300)
        if len(ends(here)) == before:
            return f"exit status {status}: {document.get('error')} {told}"
    return ends(here)[-1]


def ends(here: World) -> list[str]:
    """How rollouts ended, by the log."""
    return [action for action in here.actions() if action in ("promoted", "rolled-back", "aborted")]


def lost_of(load: Load, here: World, earlier: int) -> int:
    """Requests without an answer, those not answered by an arm, and those whose answer nobody got."""
    served = here.baseline.served + here.canary.served - earlier
    return len(load.lost) + abs(sum(load.answered.values()) - served)


def main() -> int:
    """Run all, print one table; 1 when a bound does not hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rate", type=float, default=250.0, help="requests a second")
    parser.add_argument("--window", type=float, default=90.0, help="seconds from the begin of a rollout")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    failed = False
    print("| splitter | canary | ticks | seconds to weight 0 | of all requests | requests | lost |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for splitter in ("envoy", "haproxy"):
            for number, fault in enumerate(FAULTS):
                where = Path(folder) / f"{splitter}-{number}"
                where.mkdir()
                found = bad_canary(where, splitter, fault, rate=options.rate, window=options.window)
                failed |= not found.held
                claim(
                    f"requests that hit a canary that is {fault}, behind {splitter}",
                    found.share,
                    "%",
                    limit="under 2 %",
                )
                claim(
                    f"ticks until its weight is 0, behind {splitter} ({fault})",
                    found.ticks,
                    "ticks",
                    limit="at most 3",
                )
                print(
                    f"| {splitter} | {fault} | {found.ticks} | {found.seconds:.1f} | {found.share:.2%} |"
                    f" {found.requests} | {found.lost} |",
                    flush=True,
                )
        kills = killed(Path(folder) / "kills", kills=options.kills, rate=options.rate / 2, seed=options.seed)
    claim(
        f"requests lost of {kills.requests:,}, killed {kills.kills} times",
        kills.lost,
        "requests",
        limit="none",
    )
    claim(
        f"rollouts that ended wrongly, killed {kills.kills} times", len(kills.wrong), "rollouts", limit="none"
    )
    print(f"killed {kills.kills} times over {kills.requests} requests: {kills.lost} lost,", end=" ")
    print(f"{len(kills.wrong)} ended wrongly")
    for line in kills.wrong:
        print(f"  {line}")
    return 1 if failed or kills.wrong or kills.lost else 0


if __name__ == "__main__":
    sys.exit(main())
