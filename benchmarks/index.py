"""The archive index at a million records and more, beside reading the log itself.

    python benchmarks/index.py [--records 1000000] [--folder DIR]

Exit status 1 when a limit is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from claims import claim

from codesentinel.model.timestamp import rfc3339
from codesentinel.store import chain
from codesentinel.store.index import ArchiveIndex
from codesentinel.store.index_check import check
from codesentinel.store.index_query import IndexQuery
from codesentinel.store.integrity import check_chain
from codesentinel.store.search import search

DOMAINS = ("stack", "deploy", "review", "process")
ACTIONS = ("restarted", "started", "stopped", "probed", "checked", "measured", "deployment-start", "rollback")
BEGAN, STEP_SECONDS = 1.76e9, 0.9
PROCESSES = 100_000
LIMITS = {
    "rebuild": ("records/s", 100_000, "at least"),
    "get, median": ("ms", 1.0, "below"),
    "get, p99": ("ms", 1.0, "below"),
    f"subtree scan, {PROCESSES:,} keys": ("s", 1.0, "below"),
    "subtree with records, a tenth": ("s", 1.0, "below"),
    "counts by action": ("s", 1.0, "below"),
    "incremental 1,000, median": ("ms", 50.0, "below"),
    "incremental 1,000, worst": ("ms", 50.0, "below"),
}


def line_of(chance: random.Random, moment: float, domain: str) -> bytes:
    """An event of about 300 bytes, as SessionMemory writes it."""
    digits = f"{int(moment * 1000):012x}7{chance.getrandbits(12):03x}8{chance.getrandbits(60):015x}"
    identity = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    success = "false" if chance.random() < 0.03 else "true"
    return (
        f'{{"timestamp":"{rfc3339(moment)}","id":"{identity}","schema_version":1,"domain":"{domain}",'
        f'"session_id":"s-1","agent_id":"alice","activity":{{"action":"{chance.choice(ACTIONS)}",'
        f'"success":{success},"duration_ms":1.5,"files_modified":[],"metadata":{{"n":1}}}}}}'
    ).encode()


def append(root: Path, domain: str, count: int, began: float, chance: random.Random) -> None:
    """Sealed events at the end of a log."""
    path = root / "docs" / "domains" / domain / "history.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    before = chain.GENESIS
    if path.exists():
        with path.open("rb") as file:
            file.seek(-chain.SEAL_BYTES - 1, os.SEEK_END)
            before = chain.value(file.read()[:-1])
    with path.open("ab", buffering=1 << 20) as file:
        for number in range(count):
            line = chain.seal(line_of(chance, began + number * STEP_SECONDS, domain), before)
            before = chain.value(line)
            file.write(line + b"\n")


def write_snapshot(root: Path) -> None:
    """A host with very many processes, as a tree of ten children each."""
    path = root / "docs" / "metrics" / "process_snapshot_1.jsonl"
    path.parent.mkdir(parents=True)
    with path.open("w") as file:
        for pid in range(1, PROCESSES + 1):
            ancestors, above = [], (pid + 8) // 10
            while pid > 1 and above:
                ancestors.append(above)
                above = (above + 8) // 10 if above > 1 else 0
            file.write(json.dumps({"timestamp": rfc3339(BEGAN), "pid": pid, "ancestors": ancestors}) + "\n")


def measure(root: Path, records: int) -> dict[str, float]:
    """Everything that is printed."""
    chance = random.Random(1)
    index = ArchiveIndex(root, root / ".codesentinel")
    found: dict[str, float] = {}
    began = time.perf_counter()
    done = index.rebuild()
    found["rebuild"] = done.added / (time.perf_counter() - began)
    assert done.added == records + PROCESSES, done
    found["index size"] = index.size_bytes() / 1e6
    keys = sample(index, chance, 2000)
    with index.reading() as connection:
        query = IndexQuery(connection, index.root)
        each = []
        for key in keys:
            began = time.perf_counter()
            assert query.get(key).record is not None
            each.append((time.perf_counter() - began) * 1e3)
        found["get, median"], found["get, p99"] = statistics.median(each), sorted(each)[int(len(each) * 0.99)]
        began = time.perf_counter()
        assert len(query.scan(f"process/snapshot/{query.latest_snapshot()}/1")) == PROCESSES
        found[f"subtree scan, {PROCESSES:,} keys"] = time.perf_counter() - began
        began = time.perf_counter()
        below = len(query.subtree(2, query.latest_snapshot()))
        assert below > PROCESSES / 10
        found["subtree with records, a tenth"] = time.perf_counter() - began
        began = time.perf_counter()
        assert sum(one.records for one in query.counts()) == done.added
        found["counts by action"] = time.perf_counter() - began
        began = time.perf_counter()
        assert len(query.read(query.events(limit=100))) == 100
        found["newest 100 events"] = time.perf_counter() - began
    found |= incremental(index, root, chance, records)
    with index.reading() as connection:
        began = time.perf_counter()
        assert check(connection, index.root, full=False, progress=None)[0] == []
        found["index verify"] = time.perf_counter() - began
    began = time.perf_counter()
    lines = 0
    for domain in DOMAINS:
        state = check_chain(index.root, domain, {})
        assert state.breaks == (), state
        lines += state.lines
    found["memory verify"] = lines / (time.perf_counter() - began)
    return found | peers(index, root, keys[0])


def sample(index: ArchiveIndex, chance: random.Random, count: int) -> list[str]:
    """Keys from all over the index."""
    keys = []
    with index.reading() as connection:
        span = connection.execute("SELECT max(lines) FROM sources").fetchone()[0] * STEP_SECONDS
        while len(keys) < count:
            start = f"{chance.choice(DOMAINS)}/{chance.choice(ACTIONS)}/"
            row = connection.execute(
                "SELECT key FROM records WHERE key >= ? LIMIT 1",
                (start + rfc3339(BEGAN + chance.random() * span),),
            ).fetchone()
            keys += row or ()
    return keys


def incremental(index: ArchiveIndex, root: Path, chance: random.Random, records: int) -> dict[str, float]:
    """Reading a thousand new records on."""
    each = []
    for number in range(21):
        append(root, "stack", 1000, BEGAN + (records + number * 1000) * STEP_SECONDS, chance)
        began = time.perf_counter()
        assert index.catch_up().added == 1000
        each.append((time.perf_counter() - began) * 1e3)
    each = each[1:]  # the first one fills the caches
    return {"incremental 1,000, median": statistics.median(each), "incremental 1,000, worst": max(each)}


def peers(index: ArchiveIndex, root: Path, key: str) -> dict[str, float]:
    """Finding one record and counting by action without an index."""
    identity = key.rpartition("/")[2]
    logs = [str(root / "docs" / "domains" / domain / "history.jsonl") for domain in DOMAINS]
    found = {}
    began = time.perf_counter()
    assert len(list(search(index.root, DOMAINS, identity, limit=0, notes=[]))) == 1
    found["memory search, all of it"] = time.perf_counter() - began
    began = time.perf_counter()
    done = subprocess.run(["grep", "-chF", identity, *logs], capture_output=True, text=True, check=True)
    found["peer: grep -F for an id"] = time.perf_counter() - began
    assert sum(map(int, done.stdout.split())) == 1
    began, lines = time.perf_counter(), 0
    tally: dict[str, int] = {}
    with open(logs[0], "rb") as file:
        for line in file:
            action = json.loads(line)["activity"]["action"]
            tally[action] = tally.get(action, 0) + 1
            lines += 1
            if lines == 300_000:
                break
    found["peer: json, counting by action"] = lines / (time.perf_counter() - began)
    return found


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--folder", help="where to work (default: a new folder in the temporary one)")
    args = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="codesentinel-index-", dir=args.folder))
    try:
        chance = random.Random(0)
        each = args.records // len(DOMAINS)
        for domain in DOMAINS:
            append(root, domain, each, BEGAN, chance)
        write_snapshot(root)
        found = measure(root, each * len(DOMAINS))
    finally:
        shutil.rmtree(root)
    units = {
        "index size": "MB",
        "newest 100 events": "s",
        "index verify": "s",
        "memory verify": "lines/s",
        "memory search, all of it": "s",
        "peer: grep -F for an id": "s",
        "peer: json, counting by action": "lines/s",
    }
    missed = 0
    print(f"{each * len(DOMAINS):,} events, {PROCESSES:,} processes")
    for name, value in found.items():
        unit, limit, sense = LIMITS.get(name, (units.get(name, ""), 0, ""))
        kept = not limit or (value >= limit if sense == "at least" else value < limit)
        missed += not kept
        claim(name, value, unit or "", limit=f"{sense} {limit:,}" if limit else "")
        wanted = f"{sense} {limit:,}: {'kept' if kept else 'MISSED'}" if limit else ""
        print(
            f"{name:<34}{value:>14,.4g} {unit:<10}{wanted}"
            if value < 1e4
            else f"{name:<34}{value:>14,.0f} {unit:<10}{wanted}"
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
