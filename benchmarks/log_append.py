"""Sixteen processes appending events at once: our log beside what is commonly used.

    python benchmarks/log_append.py [--quick]

`logging.FileHandler` holds no lock between processes and acknowledges nothing; sqlite commits each event in
WAL mode. Lines are counted and parsed afterwards.
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from codesentinel.store.session_memory import SessionMemory

WRITERS = 16
FORK = multiprocessing.get_context("fork")
EVENT = {"action": "write", "metadata": {"n": 0, "word": "x" * 40}}


def ours(folder: Path, records: int, *, fsync: bool = False) -> None:
    """SessionMemory as every command uses it."""
    memory = SessionMemory(folder, session_id="s", agent_id="a", fsync=fsync)
    for _ in range(records):
        memory.log_domain_activity("load", EVENT)


def ours_durable(folder: Path, records: int) -> None:
    """The same, each record on disk before it counts."""
    ours(folder, records, fsync=True)


def file_handler(folder: Path, records: int) -> None:
    """The standard library's logging, one handler a process."""
    logger = logging.getLogger("load")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    handler = logging.FileHandler(folder / "log.jsonl")
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger.addHandler(handler)
    for _ in range(records):
        logger.info(json.dumps({"timestamp": time.time(), "activity": EVENT}))


def sqlite(folder: Path, records: int) -> None:
    """A commit an event; the fastest setting that survives a killed process."""
    connection = sqlite3.connect(folder / "log.db", timeout=120, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    for _ in range(records):
        connection.execute("INSERT INTO events VALUES (?)", (json.dumps(EVENT),))
    connection.close()


def make_database(folder: Path) -> None:
    """The table, and the journal's mode, which stays with the file."""
    connection = sqlite3.connect(folder / "log.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE events (body TEXT)")
    connection.close()


def counted(folder: Path) -> tuple[int, int]:
    """Records found, and lines that are none."""
    database = folder / "log.db"
    if database.exists():
        connection = sqlite3.connect(database)
        rows = connection.execute("SELECT count(*) FROM events").fetchone()[0]
        connection.close()
        return rows, 0
    good = torn = 0
    for file in folder.rglob("*.jsonl"):
        for line in file.read_bytes().splitlines():
            try:
                json.loads(line)
                good += 1
            except ValueError:
                torn += 1
    return good, torn


def run(write, records: int) -> tuple[float, int, int]:
    """Seconds, records found, torn lines."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if write is sqlite:
            make_database(folder)
        children = [FORK.Process(target=write, args=(folder, records)) for _ in range(WRITERS)]
        began = time.perf_counter()
        for child in children:
            child.start()
        for child in children:
            child.join()
        return time.perf_counter() - began, *counted(folder)


def main() -> int:
    """Print the table; 1 when our log tore or lost a record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the records")
    records = 1000 if parser.parse_args().quick else 10_000
    rows = {
        "codesentinel": (ours, records),
        "codesentinel, fsync": (ours_durable, max(records // 50, 1)),
        "logging.FileHandler": (file_handler, records),
        "sqlite WAL, commit each": (sqlite, max(records // 10, 1)),
    }
    print(f"{'writer (16 processes)':<26}{'records':>9}{'per s':>10}{'x ours':>8}{'torn':>6}{'lost':>6}")
    base, wrong = 0.0, 0
    for name, (write, count) in rows.items():
        seconds, found, torn = run(write, count)
        rate = WRITERS * count / seconds
        base = base or rate
        lost = WRITERS * count - found
        wrong += torn + lost if write is ours else 0
        print(f"{name:<26}{WRITERS * count:>9}{rate:>10.0f}{rate / base:>8.2f}{torn:>6}{lost:>6}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
