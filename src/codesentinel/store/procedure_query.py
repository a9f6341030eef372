"""What the index has counted of procedures, as a run book."""

# ruff: noqa: S608 - the words are our own, what is foreign is bound
from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from codesentinel.model.procedure_runs import (
    DAY_SECONDS,
    OPEN,
    SOURCES,
    STATUSES,
    ArmCount,
    Opinion,
    RunBook,
    Seen,
    Took,
    WeekCount,
)
from codesentinel.model.satellites import ABORTED, INFERRED
from codesentinel.store.procedure_schema import BUCKET_ERROR, seconds_of

if TYPE_CHECKING:
    import sqlite3

EXACT_RUNS = 100_000
"""Up to so many runs each one's duration is read; of more, the buckets that are kept."""

_ARM = "JOIN procedure_arms a ON a.id = x.arm JOIN procedure_texts t ON t.id = a.text"
_MON = 3  # 1970 began on a Thursday


class ProcedureQuery:
    """Counts of one consistent view of the index, between two moments.

    Args:
        connection: the view.
        since: epoch seconds; runs that began on that day or later.
        until: epoch seconds; runs that began before that day.
        procedure: only this one, or those of this satellite; all where empty.
        agent: only runs of this agent.
        abandoned_before: what began before that moment and is open is taken for aborted, which is inferred.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        since: float = 0.0,
        until: float,
        abandoned_before: float,
        procedure: str = "",
        agent: str = "",
    ) -> None:
        self._connection = connection
        self._since, self._until = since, until
        self._abandoned_before = abandoned_before
        self._agent = agent
        self._from_day, self._to_day = int(since // DAY_SECONDS), int(-(-until // DAY_SECONDS))
        self._which = "t.procedure = ? OR t.satellite = ? OR ? = ''"
        self._named = (procedure, procedure, procedure)
        self._who = "(? = '' OR a.agent = ?)"

    def book(self) -> RunBook:
        """Everything that health is judged from."""
        arms, weeks = self._arms_and_weeks()
        took, error = self._took()
        return RunBook(
            arms=arms,
            weeks=weeks,
            took=took,
            seen=self._seen(),
            opinions=self._opinions(),
            since=self._since,
            until=self._until,
            seconds_error=error,
        )

    def _arms_and_weeks(self) -> tuple[tuple[ArmCount, ...], tuple[WeekCount, ...]]:
        arms: Counter[tuple[str, str, str, str, str, str, str]] = Counter()
        weeks: Counter[tuple[str, int, str]] = Counter()
        names = self._arm_names()
        ids = ",".join(str(one) for one in names)
        for arm, week, status, source, runs in self._connection.execute(
            "SELECT arm, week, status, source, sum(runs) FROM procedure_days"
            f" WHERE arm IN ({ids}) AND day >= ? AND day < ? GROUP BY arm, status, source, week"
            " HAVING sum(runs) <> 0",
            (self._from_day, self._to_day),
        ):
            arms[*names[arm], STATUSES[status], SOURCES[source]] += runs
            weeks[names[arm][1], week, STATUSES[status]] += runs
        for arm, day, runs in self._abandoned():
            name, week = names.get(arm), day - (day + _MON) % 7
            if name is None:
                continue
            arms[*name, OPEN, ""] -= runs
            arms[*name, ABORTED, INFERRED] += runs
            weeks[name[1], week, OPEN] -= runs
            weeks[name[1], week, ABORTED] += runs
        return (
            tuple(ArmCount(*key, runs) for key, runs in sorted(arms.items()) if runs),
            tuple(
                WeekCount(procedure, week * DAY_SECONDS, status, runs)
                for (procedure, week, status), runs in sorted(weeks.items())
                if runs
            ),
        )

    def _arm_names(self) -> dict[int, tuple[str, str, str, str, str]]:
        rows = self._connection.execute(
            "SELECT a.id, t.satellite, t.procedure, t.version, a.agent, a.model FROM procedure_arms a"
            f" JOIN procedure_texts t ON t.id = a.text WHERE ({self._which}) AND {self._who}",
            (*self._named, self._agent, self._agent),
        )
        return {row[0]: row[1:] for row in rows}

    def _abandoned(self) -> list[tuple[int, int, int]]:
        return self._connection.execute(
            "SELECT arm, CAST(began_at / ? AS INTEGER), count(*) FROM procedure_runs"
            " WHERE status = 0 AND began_at < ? AND began_at >= ? AND began_at < ? GROUP BY 1, 2",
            (
                DAY_SECONDS,
                self._abandoned_before,
                self._from_day * DAY_SECONDS,
                self._to_day * DAY_SECONDS,
            ),
        ).fetchall()

    def _took(self) -> tuple[tuple[Took, ...], float]:
        runs = self._connection.execute("SELECT sum(runs) FROM procedure_days").fetchone()[0] or 0
        if runs > EXACT_RUNS and not self._agent:
            return self._took_by_week(), BUCKET_ERROR
        rows = self._connection.execute(
            "SELECT t.procedure, t.version, x.status, x.seconds, count(*) FROM procedure_runs x"
            f" {_ARM} WHERE ({self._which}) AND {self._who} AND x.seconds IS NOT NULL AND x.status > 0"
            " AND x.began_at >= ? AND x.began_at < ? GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
            (
                *self._named,
                self._agent,
                self._agent,
                self._from_day * DAY_SECONDS,
                self._to_day * DAY_SECONDS,
            ),
        )
        return tuple(
            Took(procedure, version, STATUSES[status], seconds, runs)
            for procedure, version, status, seconds, runs in rows
        ), 0.0

    def _took_by_week(self) -> tuple[Took, ...]:
        texts: dict[int, tuple[str, str]] = {
            row[0]: row[1:]
            for row in self._connection.execute(
                f"SELECT t.id, t.procedure, t.version FROM procedure_texts t WHERE {self._which}",
                self._named,
            )
        }
        ids = ",".join(str(one) for one in texts)
        rows: Any = self._connection.execute(
            "SELECT text, status, bucket, sum(runs) FROM procedure_weeks"
            f" WHERE text IN ({ids}) AND week > ? AND week < ? AND status > 0 GROUP BY text, status, bucket",
            (self._from_day - 7, self._to_day),
        )
        return tuple(
            Took(*texts[text], STATUSES[status], seconds_of(bucket), runs)
            for text, status, bucket, runs in rows
            if runs
        )

    def _seen(self) -> dict[tuple[str, str], Seen]:
        rows = self._connection.execute(
            "SELECT t.procedure, t.version, t.first_at, t.last_at FROM procedure_texts t"
            f" WHERE {self._which}",
            self._named,
        )
        return {(row[0], row[1]): Seen(row[2], row[3]) for row in rows}

    def _opinions(self) -> tuple[Opinion, ...]:
        if self._agent:
            return ()  # nobody asks who says it
        rows = self._connection.execute(
            "SELECT t.satellite, t.procedure, t.version, t.at, t.clarity, t.usefulness, t.comment"
            f" FROM procedure_opinions t WHERE ({self._which}) AND t.at >= ? AND t.at < ? ORDER BY t.at",
            (*self._named, self._since, self._until),
        )
        return tuple(Opinion(*row) for row in rows)
