"""Events of procedures into runs, and runs into counts: each batch in the transaction of the index."""

# ruff: noqa: S608 - the words are our own, what is foreign is bound
from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from codesentinel.model.procedure_runs import DAY_SECONDS
from codesentinel.store.procedure_run import Arm, Run, Said, joined, told
from codesentinel.store.procedure_schema import NAMES, bucket_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

_AT_ONCE = 400


class ProcedureFold:
    """Takes lines of the domain ``satellites`` and counts them when the batch is stored."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}
        self._opinions: list[Said] = []
        self._arms: dict[Arm, int] = {}
        self._texts: dict[int, int] = {}
        """The text that an arm is one of."""

    def take(self, line: bytes) -> None:
        """Read one line; what is no event of a procedure is passed over."""
        found = told(line)
        if isinstance(found, Said):
            self._opinions.append(found)
        elif found is not None:
            name, run = found
            before = self._runs.get(name)
            self._runs[name] = run if before is None else joined(before, run)

    def store(self, connection: sqlite3.Connection) -> None:
        """Bring what was taken into the tables, within the caller's transaction."""
        if self._runs:
            self._store_runs(connection)
        if self._opinions:
            connection.executemany(
                "INSERT OR IGNORE INTO procedure_opinions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", self._opinions
            )
        self._runs, self._opinions = {}, []

    def _store_runs(self, connection: sqlite3.Connection) -> None:
        if not self._texts:
            self._texts = dict(connection.execute("SELECT id, text FROM procedure_arms").fetchall())
        known = _known(connection, self._runs)
        rows, days, weeks = [], Counter[tuple[int, ...]](), Counter[tuple[int, ...]]()
        seen: dict[int, tuple[float, float]] = {}
        for name, run in self._runs.items():
            said = run._replace(arm=self._arm_id(connection, run.arm))
            before = known.get(name)
            now = said if before is None else joined(before, said)
            if now == before:
                continue
            if before is not None:
                self._count(before, -1, days, weeks)
            self._count(now, 1, days, weeks)
            rows.append((name, *now))
            text = self._texts[now.arm]  # type: ignore[index]
            first, last = seen.get(text, (now.began_at, now.began_at))
            seen[text] = (min(first, now.began_at), max(last, now.began_at))
        rows.sort()
        connection.executemany(
            "INSERT OR REPLACE INTO procedure_runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows
        )
        _add(connection, "days", "arm, status, source, week, day", days)
        _add(connection, "weeks", "text, status, bucket, week", weeks)
        connection.executemany(
            "UPDATE procedure_texts SET first_at = min(first_at, ?), last_at = max(last_at, ?) WHERE id = ?",
            [(first, last, text) for text, (first, last) in seen.items()],
        )

    def _count(self, run: Run, sign: int, days: Counter[Any], weeks: Counter[Any]) -> None:
        day = int(run.began_at // DAY_SECONDS)
        week = day - (day + 3) % 7  # 1970 began on a Thursday
        days[run.arm, run.status, run.source, week, day] += sign
        if run.seconds is not None:
            text = self._texts[run.arm]  # type: ignore[index]
            weeks[text, run.status, bucket_of(run.seconds), week] += sign

    def _arm_id(self, connection: sqlite3.Connection, arm: Arm | int) -> int:
        if isinstance(arm, int):
            return arm
        found = self._arms.get(arm)
        if found is not None:
            return found
        connection.execute(
            "INSERT OR IGNORE INTO procedure_texts VALUES (NULL, ?, ?, ?, 1e300, -1e300)", arm[:3]
        )
        text = connection.execute(
            "SELECT id FROM procedure_texts WHERE procedure = ? AND version = ?", arm[1:3]
        ).fetchone()[0]
        connection.execute("INSERT OR IGNORE INTO procedure_arms VALUES (NULL, ?, ?, ?)", (text, *arm[3:]))
        row = connection.execute(
            "SELECT id FROM procedure_arms WHERE text = ? AND agent = ? AND model = ?", (text, *arm[3:])
        ).fetchone()
        self._arms[arm], self._texts[row[0]] = row[0], text
        return int(row[0])


def clear(connection: sqlite3.Connection) -> None:
    """Forget all runs: the logs that they come from are about to be read anew."""
    for name in NAMES:
        connection.execute(f"DELETE FROM procedure_{name}")


def _known(connection: sqlite3.Connection, names: Iterable[str]) -> dict[str, Run]:
    """The runs that are there already, by name."""
    found: dict[str, Run] = {}
    ordered = sorted(names)
    for at in range(0, len(ordered), _AT_ONCE):
        some = ordered[at : at + _AT_ONCE]
        marks = ",".join("?" * len(some))
        for row in connection.execute(f"SELECT * FROM procedure_runs WHERE run IN ({marks})", some):
            found[row[0]] = Run(*row[1:])
    return found


def _add(connection: sqlite3.Connection, table: str, key: str, counted: Counter[Any]) -> None:
    changed = sorted((*at, number) for at, number in counted.items() if number)
    marks = ", ".join("?" * (key.count(",") + 2))
    connection.executemany(
        f"INSERT INTO procedure_{table} VALUES ({marks}) ON CONFLICT ({key})"
        " DO UPDATE SET runs = runs + excluded.runs",
        changed,
    )
