"""Runs counted in the index: whatever the order of events, the batches, and what is read twice."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter

import pytest

from codesentinel.analysis.satellites.ledger import RunLedger
from codesentinel.model.procedure_runs import week_of
from codesentinel.model.satellites import STATUS_SOURCES, STATUSES
from codesentinel.store import procedure_query
from codesentinel.store.procedure_query import ProcedureQuery
from codesentinel.store.procedure_schema import BUCKET_ERROR, bucket_of, seconds_of
from logs import DAY, event, index_of, log_of, write
from procedure_events import NOON, finished, put_all, runs_of, said, started

LATER = NOON + 30 * DAY
QUERIES = (
    "SELECT run, began, ended, began_at, status, source, seconds FROM procedure_runs",
    """SELECT procedure, version, agent, model, day, status, source, runs FROM procedure_days
    JOIN procedure_arms a ON a.id = arm JOIN procedure_texts t ON t.id = text WHERE runs <> 0""",
    """SELECT procedure, version, week, status, bucket, runs FROM procedure_weeks
    JOIN procedure_texts t ON t.id = text WHERE runs <> 0""",
    "SELECT * FROM procedure_opinions",
)


def book_of(index, **window):
    index.catch_up()
    with index.reading() as connection:
        return ProcedureQuery(connection, **{"until": LATER, "abandoned_before": 0.0} | window).book()


def ends(book):
    return {(one.version, one.status, one.source): one.runs for one in book.arms}


def tables(index):
    index.catch_up()
    with index.reading() as connection:
        return [sorted(connection.execute(query).fetchall()) for query in QUERIES]


def test_a_run_is_its_start_and_its_finish(tmp_path):
    put_all(tmp_path, [started("a"), finished("a", "Failure", 30.0), started("b")])
    book = book_of(index_of(tmp_path))
    assert ends(book) == {("v1", "Failure", "declared"): 1, ("v1", "open", ""): 1}
    assert [(one.status, one.seconds, one.runs) for one in book.took] == [("Failure", 30.0, 1)]
    assert book.weeks[0].week_at == week_of(NOON)
    assert book.seen["github/PROC-1", "v1"] == (NOON, NOON)


def test_a_late_finish_wins_over_what_was_inferred_whichever_comes_first(tmp_path):
    inferred = finished("a", "Agent-Aborted", 900.0, source="inferred")
    late = finished("a", "Success", 100.0)
    for number, order in enumerate(([inferred, late], [late, inferred])):
        root = tmp_path / str(number)
        index = index_of(root)
        put_all(root, [started("a")])
        for one in order:
            put_all(root, [one])
            book = book_of(index)
        assert ends(book) == {("v1", "Success", "declared"): 1}
        assert [(one.seconds, one.runs) for one in book.took] == [(100.0, 1)]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_what_was_checked_stands_before_what_was_said_and_the_first_of_what_is_known_alike(tmp_path, order):
    told = [
        finished("a", "Failure", 10.0),
        finished("a", "Success", 20.0, source="verified"),
        finished("a", "Failure", 30.0, source="verified"),
    ]
    put_all(tmp_path, [started("a"), *(told[place] for place in order)])
    assert ends(book_of(index_of(tmp_path))) == {("v1", "Success", "verified"): 1}


def test_the_counts_are_those_of_the_ledger(tmp_path):
    """The index and the ledger of runs read the same events by one rule."""
    chance = random.Random(8)
    events, at = [], NOON
    for number in range(60):
        for _ in range(chance.randint(1, 4)):
            at += 1.0
            status, source = chance.choice(STATUSES), chance.choice(STATUS_SOURCES)
            events.append(
                chance.choice(
                    [started(f"{number}", at), finished(f"{number}", status, 0.0, at, source=source)]
                )
            )
    put_all(tmp_path, events)
    ledger = RunLedger()
    runs = {}
    for one in events:
        change = ledger.take(one)
        runs |= {change.run.run_id: change.run} if change else {}
    told = Counter((run.version, run.status or "open", run.status_source) for run in runs.values())
    assert ends(book_of(index_of(tmp_path))) == dict(told)


def test_what_is_read_in_any_order_and_twice_is_counted_once(tmp_path):
    chance = random.Random(4)
    events = [
        *runs_of(40, 9, aborted=5),
        said(clarity=2, usefulness=5),
        finished("never began", seconds=None),
    ]
    events += [finished(f"r{n}", "Success", None, source="inferred") for n in range(0, 40, 3)]
    events += [started("r7", NOON - 50.0, version="v0")]
    kept = None
    for number in range(3):
        root = tmp_path / str(number)
        index = index_of(root)
        for at in range(0, len(events), 6 + 20 * number):
            put_all(root, events[at : at + 6 + 20 * number])
            index.catch_up()
        put_all(root, chance.sample(events, 30))  # a shipper that tells again
        found = tables(index)
        assert kept is None or found == kept
        kept = found
        index.rebuild()
        assert tables(index) == kept
        chance.shuffle(events)
    assert sum(row[-1] for row in kept[1]) == 41


def test_a_duration_that_nobody_told_is_from_start_to_finish(tmp_path):
    late = finished("a", seconds=None, at=NOON + 75.0)
    put_all(tmp_path, [late, started("a")])
    assert [one.seconds for one in book_of(index_of(tmp_path)).took] == [75.0]


def test_open_runs_are_given_up_by_rule_until_they_are_told_of(tmp_path):
    put_all(tmp_path, [started("a"), started("b", NOON + 7200)])
    index = index_of(tmp_path)
    book = book_of(index, abandoned_before=NOON + 3600)
    assert ends(book) == {("v1", "Agent-Aborted", "inferred"): 1, ("v1", "open", ""): 1}
    assert sum(one.runs for one in book.weeks if one.status == "Agent-Aborted") == 1
    put_all(tmp_path, [finished("a")])
    assert ends(book_of(index, abandoned_before=NOON + 3600)) == {
        ("v1", "Success", "declared"): 1,
        ("v1", "open", ""): 1,
    }


def test_windows_procedures_and_agents_are_chosen(tmp_path):
    put_all(tmp_path, runs_of(3, 1) + runs_of(2, 0, prefix="x", at=NOON + 10 * DAY, agent="codex"))
    put_all(tmp_path, runs_of(4, 4, prefix="d", procedure="docs/PROC-1"))
    index = index_of(tmp_path)

    def total(**chosen):
        book = book_of(index, **chosen)
        assert sum(one.runs for one in book.took) == sum(one.runs for one in book.arms)
        return sum(one.runs for one in book.arms)

    assert total() == 9
    assert total(since=NOON + DAY) == 2
    assert total(until=NOON + DAY) == 7
    assert total(procedure="github/PROC-1") == total(procedure="github") == 5
    assert total(procedure="docs") == 4
    assert total(agent="codex") == 2
    assert total(procedure="nothing") == 0


def test_many_runs_are_told_from_buckets_within_their_error(tmp_path, monkeypatch):
    chance = random.Random(6)
    seconds = [chance.lognormvariate(4, 2) for _ in range(300)]
    put_all(
        tmp_path,
        [one for n, s in enumerate(seconds) for one in (started(f"{n}"), finished(f"{n}", "Success", s))],
    )
    index = index_of(tmp_path)
    assert [one.seconds for one in book_of(index).took] == sorted(seconds)
    monkeypatch.setattr(procedure_query, "EXACT_RUNS", 100)
    book = book_of(index)
    found = [one.seconds for one in book.took for _ in range(one.runs)]
    assert book.seconds_error == BUCKET_ERROR
    assert found == pytest.approx(sorted(seconds), rel=BUCKET_ERROR * 1.01)
    assert book_of(index, since=NOON + 7 * DAY).took == ()


def test_a_bucket_stands_for_what_it_holds():
    for exponent in range(-30, 90):
        seconds = 1.3**exponent
        assert seconds_of(bucket_of(seconds)) == pytest.approx(max(seconds, 1e-3), rel=BUCKET_ERROR * 1.01)
    assert bucket_of(0.0) == bucket_of(1e-3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"run_id": 7},
        {"run_id": ""},
        {"procedure": ["x"]},
        {"procedure": "p" * 999},
        {"status": "Sucess"},
        {"status": None},
    ],
)
def test_what_tells_of_no_run_is_passed_over(tmp_path, wrong):
    odd = finished("b")
    odd["activity"]["metadata"] |= wrong
    put_all(
        tmp_path,
        [finished("a"), odd, event(NOON, "satellites", "procedure-loaded", procedure="github/PROC-1")],
    )
    with log_of(tmp_path, "satellites").open("ab") as file:
        file.write(b'{"timestamp": "procedure-finish"}\n"procedure-\n')
    assert ends(book_of(index_of(tmp_path))) == {("v1", "Success", "declared"): 1}


@pytest.mark.parametrize("seconds", [-1, 1e12, "9", True, None])
def test_an_odd_duration_is_none_and_the_run_still_counts(tmp_path, seconds):
    told = finished("a")
    told["activity"]["metadata"]["duration_seconds"] = seconds
    put_all(tmp_path, [told])
    book = book_of(index_of(tmp_path))
    assert (ends(book), book.took) == ({("v1", "Success", "declared"): 1}, ())


def test_feedback_is_kept_and_odd_answers_are_not(tmp_path):
    put_all(
        tmp_path,
        [said(clarity=1, usefulness=9, comment="unclear"), said(clarity=True, usefulness=5, comment=3)],
    )
    book = book_of(index_of(tmp_path))
    assert [one[4:] for one in book.opinions] == [(1, None, "unclear"), (None, 5, "")]


def test_a_log_that_was_replaced_is_counted_anew(tmp_path):
    put_all(tmp_path, runs_of(5, 2))
    write(tmp_path, 3)
    index = index_of(tmp_path)
    assert sum(ends(book_of(index)).values()) == 5
    path = log_of(tmp_path, "satellites")
    lines = path.read_bytes().splitlines(keepends=True)
    path.unlink()
    path.write_bytes(b"".join(lines[:4]))
    assert sum(ends(book_of(index)).values()) == 2
    shutil.rmtree(path.parent)
    assert ends(book_of(index)) == {}
    put_all(tmp_path, [json.loads(line) for line in lines])
    assert sum(ends(book_of(index)).values()) == 5
