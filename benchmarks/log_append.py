"""Sixteen processes appending events at once: our log beside what is commonly used.

    python benchmarks/log_append.py [--quick]

Every writer makes the same event (a fresh id and time, the same metadata) and hands it over one at a time.
What was written is counted by id afterwards. Slow ways write fewer records; rates are a second.
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import resource
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from claims import claim

from codesentinel.model.timestamp import rfc3339
from codesentinel.store.session_memory import SessionMemory, new_id

WRITERS = 16
FORK = multiprocessing.get_context("fork")
ACTIVITY = {
    "action": "write",
    "success": True,
    "duration_ms": 1.5,
    "files_modified": [],
    "metadata": {"operation": "load.write", "outcome": "ok", "word": "x" * 40},
}


class Measured(NamedTuple):
    seconds: float
    cpu_seconds: float
    ids: int
    torn: int


def ours(folder: Path, records: int, *, fsync: bool = False) -> None:
    """SessionMemory as every command uses it: locked, healed, acknowledged."""
    memory = SessionMemory(folder, session_id="s", agent_id="a", fsync=fsync)
    for _ in range(records):
        memory.log_domain_activity("load", ACTIVITY)


def ours_durable(folder: Path, records: int) -> None:
    """The same, each record on disk before it counts."""
    ours(folder, records, fsync=True)


class AsJson(logging.Formatter):
    """The event that ours writes, as a log formatter makes it."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(peer_event(record.created), separators=(",", ":"))


def peer_event(moment: float) -> dict[str, object]:
    """An event of the same fields and the same length."""
    return {
        "timestamp": rfc3339(moment),
        "id": new_id(),
        "schema_version": 1,
        "domain": "load",
        "session_id": "s",
        "agent_id": "a",
        "activity": ACTIVITY,
        "success": True,
        "files_modified": [],
        "duration_ms": 1.5,
    }


def file_handler(folder: Path, records: int) -> None:
    """The standard library's logging, a handler a process: no lock between them, nothing healed."""
    logger = logging.getLogger("load")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    handler = logging.FileHandler(folder / "log.jsonl")
    handler.setFormatter(AsJson())
    logger.addHandler(handler)
    for _ in range(records):
        logger.info("write")


def sqlite(folder: Path, records: int, *, synchronous: str = "OFF") -> None:
    """A commit an event, in WAL mode; OFF is its fastest way that survives a killed process."""
    connection = sqlite3.connect(folder / "log.db", timeout=120, isolation_level=None)
    connection.execute(f"PRAGMA synchronous={synchronous}")
    for _ in range(records):
        event = json.dumps(peer_event(time.time()), separators=(",", ":"))
        connection.execute("INSERT INTO events VALUES (?)", (event,))
    connection.close()


def sqlite_durable(folder: Path, records: int) -> None:
    """The same, each commit on disk before it counts."""
    sqlite(folder, records, synchronous="FULL")


def make_database(folder: Path) -> None:
    """The table, and the journal's mode, which stays with the file."""
    connection = sqlite3.connect(folder / "log.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE events (body TEXT)")
    connection.close()


def counted(folder: Path) -> tuple[int, int]:
    """Distinct ids found, and lines that are no event."""
    connection = sqlite3.connect(folder / "log.db")
    lines = [body for (body,) in connection.execute("SELECT body FROM events")]
    connection.close()
    for file in folder.rglob("*.jsonl"):
        lines += file.read_bytes().splitlines()
    ids, torn = set(), 0
    for line in lines:
        try:
            ids.add(json.loads(line)["id"])
        except (ValueError, TypeError, KeyError):
            torn += 1
    return len(ids), torn


def children_cpu_seconds() -> float:
    """CPU of the children that ended so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(write, records: int) -> Measured:
    """From the moment when all writers stand ready until the last one has ended."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_database(folder)
        ready = FORK.Barrier(WRITERS + 1)

        def begin_together() -> None:
            ready.wait()
            write(folder, records)

        cpu = children_cpu_seconds()
        children = [FORK.Process(target=begin_together) for _ in range(WRITERS)]
        for child in children:
            child.start()
        ready.wait()
        began = time.perf_counter()
        for child in children:
            child.join()
        seconds = time.perf_counter() - began
        if any(child.exitcode for child in children):
            raise SystemExit(f"a writer of {write.__name__} failed")
        return Measured(seconds, children_cpu_seconds() - cpu, *counted(folder))


def main() -> int:
    """Print the table; 1 when our log tore or lost a record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the records")
    records = 1000 if parser.parse_args().quick else 10_000
    rows = {
        "codesentinel": (ours, records),
        "logging.FileHandler, no lock": (file_handler, records),
        "sqlite WAL, synchronous=OFF": (sqlite, records // 5),
        "codesentinel, fsync": (ours_durable, records // 50),
        "sqlite WAL, synchronous=FULL": (sqlite_durable, records // 50),
    }
    heading = f"{f'writer ({WRITERS} processes)':<30}{'records':>9}{'per s':>9}"
    print(f"{heading}{'x ours':>8}{'cpu us':>8}{'torn':>6}{'lost':>6}", flush=True)
    base, wrong, against = 0.0, 0, 0.0
    for name, (write, each) in rows.items():
        total = WRITERS * each
        run = measured(write, each)
        rate = total / run.seconds
        base = base or rate
        lost = total - run.ids
        wrong += run.torn + lost if write in (ours, ours_durable) else 0
        if write in (ours, ours_durable):
            claim(f"lost or torn of {total:,} records, {name}", lost + run.torn, "records", limit="none")
            against = rate
        else:
            claim(f"records appended by {WRITERS} processes", against, "/s", peer=name, theirs=rate)
        line = f"{name:<30}{total:>9}{rate:>9.0f}{rate / base:>8.2f}"
        print(f"{line}{run.cpu_seconds / total * 1e6:>8.0f}{run.torn:>6}{lost:>6}", flush=True)
    print("\nFileHandler leaves half a line behind a killed writer or a full disk, and the next after it.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
