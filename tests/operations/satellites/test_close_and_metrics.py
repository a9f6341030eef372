"""Runs that nobody ends, and what ``/metrics`` shows of all of them."""

from __future__ import annotations

import json
import time

import pytest

from codesentinel.analysis.satellites.ledger import RunLedger
from codesentinel.model.satellites import FINISH, START, Run
from codesentinel.operations.metrics import OwnMetrics
from codesentinel.operations.satellites.close import Closer, close
from codesentinel.operations.satellites.runs import write_event
from codesentinel.operations.satellites.usage import finish, start
from codesentinel.render.satellites_text import closed_text
from instructions import write


@pytest.fixture
def github(context):
    write(context.root)
    return context


def ends(context):
    lines = context.memory.path("satellites").read_text().splitlines()
    return [e["activity"]["metadata"] for e in map(json.loads, lines) if e["activity"]["action"] == FINISH]


def test_a_run_is_closed_by_its_limit_once_and_a_late_end_wins(github):
    run = start(github, procedure="github/PROC-1").run
    closer = Closer(github)
    assert closer.run(time.time()).still_open == 1
    later = time.time() + github.settings.satellites.run_limit_seconds + 60
    done = closer.run(later)
    assert [one[0] for one in done.runs] == [run.run_id]
    assert "closed, 0 still open" in closed_text(done)
    assert closer.run(later).runs == ()
    assert Closer(github).run(later).runs == (), "another process reads the same log"
    [end] = ends(github)
    assert (end["status"], end["status_source"]) == ("Agent-Aborted", "inferred")
    assert end["note"].startswith("open for more than")
    late = finish(github, run=run.run_id, status="Success")
    assert late.outcome == "late"
    assert late.run.status_source == "declared"
    assert Closer(github).run(later).runs == ()


def test_a_run_is_closed_when_its_session_ends_and_others_stay(github):
    before = start(github, procedure="github/PROC-1", agent_session="s-9").run
    other = start(github, procedure="github/PROC-1", agent_session="s-8").run
    write_event(github, "agent-session-end", {"agent_session": "s-9", "vendor": "claude", "reason": "exit"})
    time.sleep(0.002)
    again = start(github, procedure="github/PROC-1", agent_session="s-9").run
    done = close(github)
    assert [one[0] for one in done.runs] == [before.run_id], "what a resumed session began later is open"
    assert done.still_open == 2
    assert {other.run_id, again.run_id}.isdisjoint(end["run_id"] for end in ends(github))


def event(action, run, at=0.0):
    facts = run.start_facts() if action == START else run.finish_facts()
    stamp = f"2026-11-24T10:00:{at:06.3f}+00:00"
    return {"timestamp": stamp, "activity": {"action": action, "metadata": facts}}


def ended(status, source):
    return Run("r", "github", "github/PROC-1", status=status, status_source=source, duration_seconds=1.0)


@pytest.mark.parametrize(
    ("told", "stands"),
    [
        ([("Agent-Aborted", "inferred"), ("Success", "declared")], "Success"),
        ([("Success", "declared"), ("Agent-Aborted", "inferred")], "Success"),
        ([("Success", "declared"), ("Failure", "verified")], "Failure"),
        ([("Success", "declared"), ("Failure", "declared")], "Success"),
        ([("Failure", "verified"), ("Success", "declared")], "Failure"),
    ],
)
def test_what_is_known_more_surely_stands(told, stands):
    ledger, run = RunLedger(), None
    for one in told:
        change = ledger.take(event(FINISH, ended(*one)))
        run = change.run if change else run
    late = ledger.take(event(START, Run("r", "github", "github/PROC-1")))
    assert run.status == stands
    assert late.run.started_at is not None, "the start may come last"
    assert ledger.open == {}


def test_a_ledger_takes_anything_and_forgets_old_ends():
    ledger = RunLedger(most=2)
    for strange in ({}, {"activity": []}, {"activity": {"action": START, "metadata": {}}, "timestamp": "x"}):
        assert ledger.take(strange) is None
    for name in "abcd":
        ledger.take(event(FINISH, Run(name, "g", "g/PROC-1", status="Success", status_source="declared")))
    assert len(ledger._ended) == 2


def metric(text, name, **labels):
    rows = [line for line in text.splitlines() if line.startswith((name + "{", name + " "))]
    rows = [row for row in rows if all(f'{key}="{value}"' in row for key, value in labels.items())]
    return sum(float(row.rpartition(" ")[2]) for row in rows)


def test_metrics_show_runs_by_end_with_a_zero_first(github):
    metrics = OwnMetrics(github)

    def show():
        return metrics.exposition()[0].decode()

    show()
    one = start(github, procedure="github/PROC-1").run
    finish(github, run=one.run_id, status="Failure")
    name = "codesentinel_procedure_runs_total"
    labels = {
        "satellite": "github",
        "procedure": "github/PROC-1",
        "status": "Failure",
        "status_source": "declared",
    }
    text = show()
    assert f"{name}{{" in text
    assert metric(text, name, **labels) == 0, "increase() cannot see the first value"
    assert metric(show(), name, **labels) == 1
    start(github, procedure="github/PROC-1")
    two = start(github, procedure="github/PROC-1").run
    finish(github, run=two.run_id, status="Success")
    text = show()
    assert metric(text, name, status="Success") == 1
    assert metric(text, "codesentinel_procedure_runs_open") == 1
    assert metric(text, "codesentinel_procedure_duration_seconds_count", procedure="github/PROC-1") == 2
    again = OwnMetrics(github).exposition()[0].decode()
    assert metric(again, name) == 2, "a server that starts counts what the log holds"


def test_metrics_show_feedback_and_loads_and_stay_bounded(github):
    metrics = OwnMetrics(github)
    facts = {"procedure": "github/PROC-1", "clarity": 4, "usefulness": 9, "comment": "x"}
    write_event(github, "procedure-feedback", facts)
    write_event(github, "procedure-loaded", {"skill": "x", "vendor": "claude"})
    write_event(github, "procedure-loaded", {"skill": "x", "vendor": "no\nbody"})
    for number in range(600):
        run = Run(f"r{number}", "s", f"s/PROC-{number}", status="Success", status_source="declared")
        write_event(github, FINISH, run.finish_facts())
    text = metrics.exposition()[0].decode()
    feedback = "codesentinel_procedure_feedback_sum"
    assert metric(text, feedback, question="clarity") == 4
    assert metric(text, feedback, question="usefulness") == 0, "no rating is 9"
    assert metric(text, "codesentinel_procedure_loaded_total", vendor="claude") == 1
    assert metric(text, "codesentinel_procedure_loaded_total", vendor="other") == 1
    runs = "codesentinel_procedure_runs_total"
    assert metric(text, runs) == 600
    assert metric(text, runs, procedure="other") == 101
