"""The tables that runs of procedures are counted in: part of the archive index, and made anew with it.

One row a run holds what all its events say together, so that an event which is read twice, or late, or
before the one it follows, changes nothing twice. Counts by day and durations by week are kept beside the
runs in the same transaction: a question reads them instead of millions of runs,
in the order of their keys, so that nothing is sorted.
"""

from __future__ import annotations

import math

TABLES = """
CREATE TABLE procedure_texts (
    id INTEGER PRIMARY KEY, satellite TEXT NOT NULL, procedure TEXT NOT NULL, version TEXT NOT NULL,
    first_at REAL NOT NULL, last_at REAL NOT NULL, UNIQUE (procedure, version)
);
CREATE TABLE procedure_arms (
    id INTEGER PRIMARY KEY, text INTEGER NOT NULL, agent TEXT NOT NULL, model TEXT NOT NULL,
    UNIQUE (text, agent, model)
);
CREATE TABLE procedure_runs (
    run TEXT NOT NULL PRIMARY KEY, arm INTEGER NOT NULL, began TEXT NOT NULL, ended TEXT NOT NULL,
    began_at REAL NOT NULL, status INTEGER NOT NULL, source INTEGER NOT NULL, told REAL, seconds REAL
) WITHOUT ROWID;
CREATE INDEX procedure_open ON procedure_runs (began_at) WHERE status = 0;
CREATE TABLE procedure_days (
    arm INTEGER NOT NULL, status INTEGER NOT NULL, source INTEGER NOT NULL, week INTEGER NOT NULL,
    day INTEGER NOT NULL, runs INTEGER NOT NULL, PRIMARY KEY (arm, status, source, week, day)
) WITHOUT ROWID;
CREATE TABLE procedure_weeks (
    text INTEGER NOT NULL, status INTEGER NOT NULL, bucket INTEGER NOT NULL, week INTEGER NOT NULL,
    runs INTEGER NOT NULL, PRIMARY KEY (text, status, bucket, week)
) WITHOUT ROWID;
CREATE TABLE procedure_opinions (
    id TEXT NOT NULL PRIMARY KEY, satellite TEXT NOT NULL, procedure TEXT NOT NULL, version TEXT NOT NULL,
    at REAL NOT NULL, clarity INTEGER, usefulness INTEGER, comment TEXT NOT NULL
) WITHOUT ROWID;
"""

NAMES = ("texts", "arms", "runs", "days", "weeks", "opinions")

BUCKET_ERROR = 0.01
"""How far the middle of a bucket is from what it holds, at most, as a share of it."""

_STEP = math.log((1 + BUCKET_ERROR) / (1 - BUCKET_ERROR))
_SHORTEST = 1e-3


def bucket_of(seconds: float) -> int:
    """The bucket of a duration; what is shorter than a millisecond is taken for that."""
    return math.floor(math.log(max(seconds, _SHORTEST)) / _STEP)


def seconds_of(bucket: int) -> float:
    """The duration that stands for a bucket."""
    lower = math.exp(bucket * _STEP)
    return lower * (1 + BUCKET_ERROR)
