"""Is the true cause of a slow service ranked first? Ten seeded bottlenecks, and five clean runs.

Usage: python benchmarks/efficiency/bottleneck_lab/run.py [--seed N] [--only NAME] [--keep DIR] [--output
FILE]

A real service, its dependency behind a real network link, a real Prometheus that scrapes every second. Each
fault is switched on and off at random while the load varies; then `codesentinel bottleneck` is asked about
that minute, and the cause that it ranks first is compared with what was done. Everything runs in a network
namespace of its own, the service in control groups of its own; needs root for both. Exit status 1 when the
true cause is first in fewer than nine of ten, or a clean run has a finding.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import PROMETHEUS_PORT, SERVICE_PORT, running, servers, service
from faults import FAULTS, Cannot, Fault, Lab, cpu_and_age
from load import SHAPES

HERE = Path(__file__).resolve().parent
SECONDS, CLEAN_SECONDS, QUIET_SECONDS = 66.0, 56.0, 9.0
INSIDE = "BOTTLENECK_LAB_INSIDE"
LEAST_FIRST, OF = 9, 10


def play(lab: Lab, fault: Fault | None, seconds: float, chance: random.Random) -> None:
    """Let time pass, with the fault on and off in turn; it is off in the end."""
    end = time.monotonic() + seconds
    if fault is None:
        time.sleep(seconds)
        return
    time.sleep(QUIET_SECONDS)
    try:
        while time.monotonic() < end - 4:
            fault.on(lab)
            time.sleep(min(chance.uniform(3, 6), end - time.monotonic()))
            fault.off(lab)
            time.sleep(max(min(chance.uniform(3, 6), end - time.monotonic()), 0))
    finally:
        fault.off(lab)


def ask(folder: Path, begin: float, end: float) -> dict[str, object]:
    """What the command says of that time."""
    words = ["bottleneck", "--service", "shop", "--from", _iso(begin), "--to", _iso(end)]
    url = f"http://127.0.0.1:{PROMETHEUS_PORT}"
    workspace = folder / "workspace"
    (workspace / ".git").mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "codesentinel", "--workspace", workspace, *words, "--url", url, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return json.loads(done.stdout)["data"]
    except (ValueError, KeyError):
        return {"error": done.stdout[-500:] + done.stderr[-500:]}


def _iso(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + "+00:00"


def scenario(folder: Path, name: str, fault: Fault | None, shape: str, seed: int) -> dict[str, object]:
    chance = random.Random(f"{seed} {name}")
    seconds = CLEAN_SECONDS if fault is None else SECONDS
    with service(folder / name.replace(" ", "-")) as lab:
        load = [sys.executable, HERE / "load.py", str(SERVICE_PORT), str(seed), shape, str(seconds + 6)]
        with running(load):
            time.sleep(3)
            lab.begun, begin = cpu_and_age(lab.pid), time.time()
            play(lab, fault, seconds, chance)
            end = time.time()
    answer = ask(folder, begin, end)
    return {"name": name, "from": begin, "to": end, "answer": answer}


def enter_namespace(argv: list[str]) -> int:
    """Run the same command in namespaces of its own: nothing of it outlives it."""
    script = 'ip link set lo up && exec "$@"'
    spaces = ["--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"]
    command = ["unshare", *spaces, "sh", "-c", script, "sh", sys.executable, *argv]
    return subprocess.run(command, env={**os.environ, INSIDE: "1"}, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description="Ten seeded bottlenecks and five clean runs.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="a fault, or clean")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep data and answers there")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the table there, too")
    options = parser.parse_args()
    if os.geteuid() != 0 or not shutil.which("unshare") or not os.access("/dev/net/tun", os.W_OK):
        print("left out: needs root, unshare and /dev/net/tun for namespaces and control groups")
        return 0
    if INSIDE not in os.environ:
        return enter_namespace([str(Path(__file__).resolve()), *sys.argv[1:]])
    folder = options.keep or Path(tempfile.mkdtemp(prefix="bottleneck-lab-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return judge(folder, options)
    finally:
        if options.keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def host_is_busy(answer: dict[str, object]) -> bool:
    """Whether the cores of the host were in use for half of the time: on a machine that others share."""
    return any(one["what"] == "use of the host's cores" and one["median"] > 0.9 for one in answer["use"])


def slowness(answer: dict[str, object]) -> list[dict[str, float]]:
    return [one for one in answer.get("troubles", []) if one["name"] == "latency"]


def judge(folder: Path, options: argparse.Namespace) -> int:
    wanted = options.only
    cases = [(name, fault) for name, fault in FAULTS.items() if not wanted or name in wanted]
    cases += [
        (f"clean {n + 1}", None) for n in range(5) if not wanted or {"clean", f"clean {n + 1}"} & set(wanted)
    ]
    rows, first, tried, false, others = [], 0, 0, 0, 0
    with servers(folder):
        for number, (name, fault) in enumerate(cases):
            shape = SHAPES[number % len(SHAPES)]
            try:
                found = scenario(folder, name, fault, shape, options.seed)
            except Cannot as exc:
                rows.append(f"{name:18} left out: {exc}")
                print(rows[-1], flush=True)
                continue
            answer = found["answer"]
            (folder / f"{name.replace(' ', '-')}.json").write_text(json.dumps(found))
            causes = [one["cause"] for one in answer.get("causes", [])]
            said = ", ".join(causes[:3]) or answer.get("error") or answer["verdict"]
            if fault is None:
                good = answer.get("verdict") == "fine"
                taken = causes[:1] == ["cores"] and host_is_busy(answer)
                others += taken
                false += not good and not taken
                said += " (true: others use the host's cores)" if taken else ""
                good = good or taken
            else:
                tried += 1
                good = bool(causes) and causes[0] in fault.causes
                first += good
            expected = "/".join(fault.causes) if fault else "-"
            slower = ", ".join(
                f"{1e3 * t['usual']:.0f} -> {1e3 * t['worse']:.0f} ms" for t in slowness(answer)
            )
            rows.append(f"{name:18} {'yes' if good else 'NO':4} {expected:12} {said:28} {slower:18} {shape}")
            print(rows[-1], flush=True)
    rows.append(
        f"true cause first: {first} of {tried}; clean runs with a finding: {false}"
        + (f", and {others} in which others used the host's cores" if others else "")
    )
    print(rows[-1])
    if options.output:
        options.output.write_text("\n".join(rows) + "\n")
    return 1 if first < tried - (OF - LEAST_FIRST) or false else 0


if __name__ == "__main__":
    sys.exit(main())
