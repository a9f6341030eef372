"""Runs of procedures in the log: begun, ended, verified by a command, and found again."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from codesentinel.model.errors import NoData, UsageError
from codesentinel.operations.satellites.catalogue import find, procedure
from codesentinel.operations.satellites.usage import finish, run, start
from codesentinel.render.satellites_text import catalogue_text, procedure_text, reported_text
from instructions import write
from stack_under_test import COMMAND

START_FACTS = {
    "run_id", "satellite", "procedure", "cited", "version", "steps_version", "agent_name", "model",
    "agent_session", "trigger", "file",
}  # fmt: skip
FINISH_FACTS = START_FACTS | {"status", "status_source", "duration_seconds", "check", "note"}


@pytest.fixture(autouse=True)
def no_agent(monkeypatch):
    """The tests may run in an agent's shell themselves."""
    for name in ("CLAUDECODE", "CLAUDE_CODE_SSE_PORT", "GEMINI_CLI", "CODEX_SANDBOX", "CODEX_THREAD_ID"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def github(context):
    write(context.root)
    return context


def logged(context, action):
    lines = context.memory.path("satellites").read_text().splitlines()
    return [e for e in map(json.loads, lines) if e["activity"]["action"] == action]


def facts_of(context, action):
    return [event["activity"]["metadata"] for event in logged(context, action)]


def test_a_run_is_begun_and_ended_with_the_facts_that_were_agreed(github):
    begun = start(github, procedure="github/PROC-2", model="m-1")
    assert begun.procedure.title == "Release a version"
    assert reported_text(begun).startswith(begun.run.run_id)
    done = finish(github, run=begun.run.run_id, status="Success", note="password=hunter2secret was asked")
    assert done.outcome == "finished"
    [first], [last] = facts_of(github, "procedure-start"), facts_of(github, "procedure-finish")
    assert set(first) == START_FACTS
    assert set(last) == FINISH_FACTS
    assert {name: last[name] for name in START_FACTS} == first
    assert (last["status"], last["status_source"]) == ("Success", "declared")
    assert last["duration_seconds"] >= 0
    assert last["version"] == begun.procedure.version
    log = github.memory.path("satellites").read_text()
    assert "hunter2secret" not in log, "neither in the event nor among the parameters of the verb"
    assert last["note"].endswith("was asked")


def test_the_same_end_twice_is_one_and_another_is_refused(github):
    one = start(github, procedure="github/PROC-1").run.run_id
    finish(github, run=one, status="Failure")
    assert finish(github, run=one, status="Failure").outcome == "repeated"
    with pytest.raises(UsageError, match="has ended already: Failure"):
        finish(github, run=one, status="Success")
    assert len(logged(github, "procedure-finish")) == 1


def test_a_run_is_found_by_its_procedure_unless_several_sessions_have_one(github):
    mine = start(github, procedure="github/PROC-1").run
    start(github, procedure="github/PROC-1", agent_session="other")
    start(github, procedure="github/PROC-1", agent_session="third")
    assert finish(github, run="github/PROC-1", status="Success").run.run_id == mine.run_id
    with pytest.raises(UsageError, match="2 runs of github/PROC-1 are open, none of this session"):
        finish(github, run="github/PROC-1", status="Success")
    with pytest.raises(NoData, match="no such run"):
        finish(github, run="github/PROC-3", status="Success")


def test_a_check_is_believed_before_the_agent(github):
    good, bad = (start(github, procedure="github/PROC-1").run.run_id for _ in range(2))
    exits = lambda status: [sys.executable, "-c", f"raise SystemExit({status})"]  # noqa: E731
    assert finish(github, run=good, check=exits(0)).run.status == "Success"
    ended = finish(github, run=bad, check=exits(3)).run
    assert (ended.status, ended.status_source) == ("Failure", "verified")
    assert "SystemExit" not in ended.check, "the shape of a command line alone"
    with pytest.raises(UsageError, match="leave out --status"):
        finish(github, run=good, status="Success", check=["true"])


def test_a_command_is_run_and_verifies(github):
    done = run(github, procedure="github/PROC-1", command=["false"])
    assert (done.run.status, done.run.status_source, done.exit_status) == ("Failure", "verified", 1)
    done = run(github, procedure="github/PROC-1", command=["true"], check=["false"])
    assert (done.run.status, done.exit_status) == ("Failure", 1)
    assert run(github, procedure="github/PROC-1", command=["true"]).exit_status == 0
    with pytest.raises(UsageError, match="cannot run"):
        run(github, procedure="github/PROC-1", command=["/no/such/program"])
    ends = facts_of(github, "procedure-finish")
    assert [e["status"] for e in ends] == ["Failure", "Failure", "Success", "Failure"], "none stays open"


def test_an_interrupted_command_is_an_abort_that_nobody_declared(github):
    killed = ["sh", "-c", "kill -TERM $$"]
    done = run(github, procedure="github/PROC-1", command=killed)
    assert (done.run.status, done.run.status_source) == ("Agent-Aborted", "inferred")
    assert done.exit_status == 143


def test_the_catalogue_is_told(github):
    text = catalogue_text(find(github))
    assert "github/PROC-3" in text
    assert "3 procedures in 1 files" in text
    assert "not kept" in text, "there is no lock yet"
    shown = procedure(github, "release a version")
    assert shown.id == "github/PROC-2"
    assert procedure_text(shown).splitlines()[2] == "### Procedure 2: Release a version"
    with pytest.raises(NoData, match="no such procedure"):
        procedure(github, "github/PROC-9")
    write(github.root, "gitlab/AGENT_INSTRUCTIONS.md")
    with pytest.raises(UsageError, match="the name of 2 procedures"):
        procedure(github, "PROC-1")


def test_commands_work_as_typed(github):
    def typed(*words):
        words = ("--workspace", str(github.root), "satellites", *words)
        done = subprocess.run([COMMAND, *words], capture_output=True, text=True, check=False, timeout=60)
        assert "Traceback" not in done.stderr
        return done

    run_id = typed("start", "github/PROC-1", "--id-only").stdout.strip()
    ended = json.loads(typed("finish", run_id, "--check", "true", "--json").stdout)
    assert ended["schema"] == "codesentinel/satellites.finish/v1"
    assert ended["data"]["status_source"] == "verified"
    done = typed("run", "github/PROC-2", "--check", "true", "--", "sh", "-c", "echo --json; exit 7")
    assert done.returncode == 7
    assert done.stdout.startswith("--json\n"), "what is behind -- is the command's own"
    assert typed("finish", run_id, "--status", "Sucess").returncode == 2
    assert typed("start", "nothing/PROC-1").returncode == 3
    assert typed("run", "github/PROC-2").returncode == 2
    assert typed("finish", run_id, "--check", "'").returncode == 2
    assert json.loads(typed("list", "--json").stdout)["data"]["satellites"][0]["id"] == "github"
